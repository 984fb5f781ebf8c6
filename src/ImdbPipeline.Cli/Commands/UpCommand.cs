using System.CommandLine;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.LocalHost;
using ImdbPipeline.LocalHost.Azurite;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb up</c>: the whole pipeline on this machine, until Ctrl+C.</summary>
internal sealed class UpCommand : ImdbCommand
{
    private const int LeastPort = 0;
    private const int MostPort = 65535;
    private const int FunctionsPort = 7071;

    public UpCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "up", "Hosts the pipeline here until Ctrl+C: triggers, trainer, HTTP endpoints, and Azurite where no storage listens.",
            "imdb up", "imdb up --azurite-folder /data/azurite --port 8080", "imdb up --base-model distilbert-base-uncased")
    {
        var folder = new Option<string>("--azurite-folder")
        {
            Description = "Where Azurite keeps blobs and queues, if it has to be started.",
            HelpName = "folder",
            DefaultValueFactory = _ => new AzuriteOptions().Folder!,
        };
        var port = new Option<int?>("--port") { Description = $"Of the HTTP endpoints. Default: {FunctionsPort}.", HelpName = "number", CustomParser = OptionValues.Whole };
        port.Validators.Add(result =>
        {
            if (result.GetValue(port) is < LeastPort or > MostPort)
                result.AddError($"--port: expected a number from {LeastPort} to {MostPort}, found {result.GetValue(port)}.");
        });
        var baseModel = new Option<string?>("--base-model") { Description = "What retrain messages that name no base model train from. Default: scratch-mini.", HelpName = "text" };
        Add(folder);
        Add(port);
        Add(baseModel);
        Does(async (session, parsed, cancellationToken) =>
        {
            var settings = new Dictionary<string, string>();
            if (parsed.GetValue(baseModel) is { } model)
                settings["BaseModel"] = model;
            var options = new LocalHostOptions
            {
                Storage = session.Storage,
                Azurite = new AzuriteOptions { Folder = parsed.GetRequiredValue(folder) },
                Address = new Uri($"http://127.0.0.1:{parsed.GetValue(port) ?? FunctionsPort}"),
                Settings = settings,
                Logging = logging => logging.AddProvider(new TerminalLog(session.Terminal, session.Verbose)),
            };
            await using var host = await PipelineHost.StartAsync(options, cancellationToken);
            Show(session, host);
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            session.Note("Stopping: a training writes its checkpoint first.");
            return ExitCode.Ok;
        });
    }

    private static void Show(Session session, PipelineHost host)
    {
        var blobs = StorageAccount.BlobAddress(host.StorageOptions);
        if (session.Json)
        {
            session.PrintJson(new { http = host.Address, blobs, containers = StorageLayout.Containers, queues = StorageLayout.Queues });
            return;
        }
        var imdb = Invocation.Prefix();
        session.Terminal.Output.WriteLine(
            $"""
            The pipeline is up. Ctrl+C stops it.

              blobs    {blobs}   datasets, incoming: upload here; scores, models, runs, prepared: look here
              queues   {StorageLayout.RetrainQueue}: a message starts a training; {StorageLayout.TrainingJobsQueue} and {StorageLayout.ScoringShardsQueue} are its own
              HTTP     {new Uri(host.Address, "api/score")} (POST), {new Uri(host.Address, "api/status")} (GET)

            Next, in another terminal:
              {imdb} upload reviews.tar.gz --wait
              {imdb} retrain --wait
              {imdb} upload reviews.jsonl --incoming --wait
              {imdb} status
            """);
    }
}
