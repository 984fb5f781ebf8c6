using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.LocalHost;
using ImdbPipeline.LocalHost.Azurite;
using ImdbPipeline.Trainer;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb up</c>: hosts the whole pipeline on this machine until Ctrl+C.</summary>
internal sealed class UpCommand : ImdbCommand
{
    private const int MinPort = 0;
    private const int MaxPort = 65535;
    private const int FunctionsPort = 7071;

    public UpCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "up", "Hosts the pipeline on this machine until Ctrl+C: triggers, trainer, HTTP endpoints, and Azurite if no storage is running.",
            "imdb up", "imdb up --azurite-folder /data/azurite --port 8080", "imdb up --base-model distilbert-base-uncased")
    {
        var folder = new Option<string?>("--azurite-folder") { Description = "Data folder of Azurite, if Azurite has to be started. Default: azurite in the data folder.", HelpName = "folder" };
        var port = new Option<int?>("--port") { Description = $"Port of the HTTP endpoints. Default: {FunctionsPort}.", HelpName = "number", CustomParser = OptionValues.Whole };
        port.Validators.Add(result =>
        {
            if (result.GetValue(port) is < MinPort or > MaxPort)
                result.AddError($"--port: expected a number from {MinPort} to {MaxPort}, found {result.GetValue(port)}.");
        });
        var baseModel = new Option<string?>("--base-model") { Description = "Base model for retrain messages that do not name one. Default: minilm, or scratch-mini if the build has no minilm.", HelpName = "model" };
        Add(folder);
        Add(port);
        Add(baseModel);
        SetHandler(async (session, parsed, cancellationToken) =>
        {
            // The trainer is started only when there is a job, too late for an invalid setting to be noticed.
            session.Terminal.Settings.Read<TrainerOptions>();
            var data = DataFolder.Find(session.Terminal.Settings, Environment.CurrentDirectory);
            var settings = new Dictionary<string, string>();
            if (parsed.GetValue(baseModel) is { } model)
                settings["BaseModel"] = model;
            var options = new LocalHostOptions
            {
                Storage = session.Storage,
                Azurite = new AzuriteOptions { Folder = parsed.GetValue(folder) ?? data.Azurite },
                Address = new Uri($"http://127.0.0.1:{parsed.GetValue(port) ?? FunctionsPort}"),
                Settings = settings,
                Logging = logging => logging.AddProvider(new TerminalLog(session.Terminal, session.Verbose)),
            };
            await using var host = await PipelineHost.StartAsync(options, cancellationToken);
            if (host.Azurite is { Folder: { } used } && used == data.Azurite)
            {
                if (data.LastUsed is { } last)
                    session.Note($"Note: {data.Path} is new and empty. The data folder used last is {last}; to use it, set IMDB_HOME to it, or start 'imdb up' in its folder.");
                data.Create(session.Terminal.Settings);
            }
            Show(session, host);
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            session.Note("Stopping; a training run in progress saves a checkpoint first.");
            return ExitCode.Ok;
        });
    }

    private static void Show(Session session, PipelineHost host)
    {
        var blobs = host.StorageOptions.BlobAddress;
        var folder = host.Azurite?.Folder;
        if (session.Json)
        {
            session.PrintJson(new { http = host.Address, blobs, folder, containers = StorageLayout.Containers, queues = StorageLayout.Queues });
            return;
        }
        var imdb = CommandPrefix.Prefix();
        session.Terminal.Output.WriteLine(
            $"""
            The pipeline is running. Press Ctrl+C to stop it.

              blobs    {blobs}
                       upload to datasets and incoming;
                       results are in scores, models, runs and prepared
              data     {folder ?? "in the storage above, which was running already"}
              queues   send to {StorageLayout.RetrainQueue} to start a training run;
                       {StorageLayout.TrainingJobsQueue} and {StorageLayout.ScoringShardsQueue} are internal
              HTTP     POST {new Uri(host.Address, "api/score")}
                       GET  {new Uri(host.Address, "api/status")}

            Next, in another terminal:
              {imdb} upload texts.zip --wait
              {imdb} retrain --wait
              {imdb} upload texts.jsonl --incoming --wait
              {imdb} status
            """);
    }
}
