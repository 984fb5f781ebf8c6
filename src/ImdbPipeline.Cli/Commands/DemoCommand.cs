using System.CommandLine;
using ImdbPipeline.Cli.Demo;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.LocalHost;
using ImdbPipeline.LocalHost.Azurite;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb demo</c>: the newcomer's first command, the whole pipeline from an archive to scores.</summary>
internal sealed class DemoCommand : ImdbCommand
{
    public DemoCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "demo", "Takes generated reviews, or an archive of yours, through the whole pipeline on this machine: ingest, train, promote, score. Needs nothing but the .NET SDK and Node.js.",
            "imdb demo", "imdb demo --archive aclImdb_v1.tar.gz")
    {
        var archive = new Option<string?>("--archive") { Description = "A real archive instead of generated reviews; its whole test set is scored.", HelpName = "file" };
        var folder = new Option<string>("--folder") { Description = "Everything the demo keeps.", HelpName = "folder", DefaultValueFactory = _ => DemoOptions.DefaultFolder };
        var baseModel = new Option<string?>("--base-model") { Description = "What is fine-tuned. Default: scratch-mini.", HelpName = "text" };
        var minutes = new Option<double?>("--max-minutes") { Description = "Training time.", HelpName = "number", CustomParser = OptionValues.Real };
        var retrain = new Option<bool>("--retrain") { Description = "Train again even where the champion was trained on this very data set." };
        foreach (var option in (Option[])[archive, folder, baseModel, minutes, retrain])
            Add(option);
        Does(async (session, parsed, cancellationToken) =>
        {
            var options = new DemoOptions
            {
                Folder = parsed.GetRequiredValue(folder),
                Archive = parsed.GetValue(archive),
                BaseModel = parsed.GetValue(baseModel),
                MaxMinutes = parsed.GetValue(minutes),
                Retrain = parsed.GetValue(retrain),
            };
            if (options.Archive is { } path)
                Archives.Open(path);
            var result = await RunAsync(session, options, cancellationToken);
            if (session.Json)
                session.PrintJson(new
                {
                    dataset = $"{result.Dataset.Dataset}/{result.Dataset.Version}",
                    report = result.Dataset.Report,
                    champion = result.Champion.Version,
                    scored = result.Scored,
                    accuracy = result.Evaluation.Accuracy,
                });
            else
                DemoScreen.Show(session.Terminal.Page, options, result);
            return ExitCode.Ok;
        });
    }

    private static async Task<DemoResult> RunAsync(Session session, DemoOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Folder);
        using var log = new FileLog(options.Log, session.Terminal.Clock);
        var hosting = new LocalHostOptions
        {
            Storage = session.Storage,
            Azurite = new AzuriteOptions { Folder = options.AzuriteFolder },
            // Any free port: an 'imdb up' beside the demo keeps its own.
            Address = new Uri("http://127.0.0.1:0"),
            Logging = logging =>
            {
                logging.AddProvider(log);
                if (session.Verbose)
                    logging.AddProvider(new TerminalLog(session.Terminal, verbose: true));
            },
        };
        try
        {
            session.Say("Starting the pipeline; the first start downloads the storage emulator Azurite.");
            await using var host = await PipelineHost.StartAsync(hosting, cancellationToken);
            if (host.StorageOptions == hosting.Storage)
                session.Say("Reused: the storage that answers already; none was started.");
            session.Say($"Up: blobs and queues at {StorageAccount.BlobAddress(host.StorageOptions)}, HTTP at {host.Address}");
            return await Stage.RunAsync("imdb demo", _ => new DemoWalk(session, host, options).RunAsync(cancellationToken));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.CreateLogger(nameof(DemoCommand)).DemoStopped(e);
            session.Note($"The demo stopped; details are in {options.Log}.");
            throw;
        }
    }
}
