using System.CommandLine;
using ImdbPipeline.Cli.Demo;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.LocalHost;
using ImdbPipeline.LocalHost.Azurite;
using ImdbPipeline.Trainer;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb demo</c>: runs the whole pipeline once, from an archive to scores.</summary>
internal sealed class DemoCommand : ImdbCommand
{
    public DemoCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "demo", "Runs the whole pipeline on this machine with generated movie reviews or your own archive: ingest, train, promote, score. Needs only the .NET SDK and Node.js.",
            "imdb demo", "imdb demo --archive aclImdb_v1.tar.gz")
    {
        var archive = new Option<string?>("--archive") { Description = "Your archive, instead of generated reviews; its whole test split is scored.", HelpName = "file" };
        var folder = new Option<string?>("--folder") { Description = "Folder for all files of the demo. Default: the data folder.", HelpName = "folder" };
        var baseModel = new Option<string?>("--base-model") { Description = "Base model to fine-tune. Default: minilm, or scratch-mini if the build has no minilm.", HelpName = "model" };
        var minutes = new Option<double?>("--max-minutes") { Description = "Maximum training time in minutes.", HelpName = "number", CustomParser = OptionValues.Real };
        var retrain = new Option<bool>("--retrain") { Description = "Train again even if the champion was trained on this dataset." };
        foreach (var option in (Option[])[archive, folder, baseModel, minutes, retrain])
            Add(option);
        SetHandler(async (session, parsed, cancellationToken) =>
        {
            var options = new DemoOptions
            {
                Folder = parsed.GetValue(folder) ?? Path.GetRelativePath(Environment.CurrentDirectory, DataFolder.Find(session.Terminal.Settings, Environment.CurrentDirectory).Path),
                Archive = parsed.GetValue(archive),
                BaseModel = parsed.GetValue(baseModel),
                MaxMinutes = parsed.GetValue(minutes),
                Retrain = parsed.GetValue(retrain),
            };
            session.Terminal.Settings.Read<TrainerOptions>();
            if (options.Archive is { } path)
            {
                ArchiveFile.Open(path);
                options = options with { Settings = PreparationOptions.ReadFile(session, path)?.ApplyTo(new PreparationSettings()) };
            }
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
        using var log = new FileLog(options.Log, session.Terminal.TimeProvider);
        var hosting = new LocalHostOptions
        {
            Storage = session.Storage,
            Azurite = new AzuriteOptions { Folder = options.AzuriteFolder },
            // Any free port, so that the demo can run while 'imdb up' runs.
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
            session.Say("Starting the pipeline. The first start downloads Azurite, the storage emulator.");
            await using var host = await PipelineHost.StartAsync(hosting, cancellationToken);
            if (host.StorageOptions == hosting.Storage)
                session.Say("Using the storage that is already running.");
            session.Say($"Ready: storage at {host.StorageOptions.BlobAddress}, HTTP at {host.Address}");
            return await Stage.RunAsync("imdb demo", _ => new DemoScenario(session, host, options).RunAsync(cancellationToken));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.CreateLogger(nameof(DemoCommand)).DemoFailed(e);
            session.Note($"The demo failed; see {options.Log} for details.");
            throw;
        }
    }
}
