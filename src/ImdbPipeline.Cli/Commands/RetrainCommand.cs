using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Cli.Watching;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb retrain</c>: sends a message to the <c>retrain</c> queue.</summary>
internal sealed class RetrainCommand : ImdbCommand
{
    public RetrainCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "retrain", "Sends a retrain message: the pipeline fine-tunes the base model on a dataset, publishes the new model, and promotes it if it is at least as accurate as the champion. Defaults depend on the base model.",
            "imdb retrain --wait",
            "imdb retrain --base-model distilbert-base-uncased --truncation headTail --wait",
            "imdb retrain --base-model bert-base-uncased --further-pretraining",
            "imdb retrain --task tickets --wait",
            "imdb retrain --dataset aclImdb_v1 --max-minutes 10 --promote never")
    {
        var wait = new Option<bool>("--wait") { Description = "Show the progress and return when the model is published." };
        var recipe = new RecipeOptions(withDataset: true);
        Add(wait);
        foreach (var option in recipe.All)
            Add(option);
        SetHandler(async (session, parsed, cancellationToken) =>
        {
            var request = recipe.Read(parsed);
            var services = await session.ConnectAsync(cancellationToken);
            var catalog = services.GetRequiredService<IDatasetCatalog>();
            if (request.Dataset is null)
                await RequireTaskAsync(services, catalog, request.Task ?? LabelledTask.Default, cancellationToken);
            else
                await RequireDatasetAsync(catalog, "--dataset", request.Dataset, cancellationToken);
            foreach (var auxiliary in request.AuxiliaryDatasets ?? [])
                await RequireDatasetAsync(catalog, "--auxiliary-dataset", auxiliary, cancellationToken);
            var watch = new RunWatch(session, services);
            var run = await Stage.RunAsync("imdb retrain", _ => watch.SendAsync(request, cancellationToken));
            if (!parsed.GetValue(wait))
            {
                ShowSent(session, run, request);
                return ExitCode.Ok;
            }
            var record = await watch.FollowAsync(run, cancellationToken);
            return session.Print(record, page => RunScreen.Show(page, record));
        });
    }

    internal static void ShowSent(Session session, string run, RetrainRequest request)
    {
        if (session.Json)
            session.PrintJson(new { run, request });
        else
            session.Say($"Sent. Run {run} will start; 'imdb status' shows its progress.");
    }

    // Fails early: the pipeline would accept the message and record a rejected run.
    private static async Task RequireDatasetAsync(IDatasetCatalog catalog, string option, string name, CancellationToken cancellationToken)
    {
        if (await catalog.FindAsync(name, cancellationToken) is null)
            throw new CommandFailedException(
                ExitCode.NotFound, $"{option} {name}: expected a dataset or dataset version, found none with that name. 'imdb status' lists the datasets.");
    }

    private static async Task RequireTaskAsync(IServiceProvider services, IDatasetCatalog catalog, string task, CancellationToken cancellationToken)
    {
        if (await catalog.FindNewestAsync(task, cancellationToken) is not null)
            return;
        var others = await services.GetRequiredService<TaskStore>().ListOtherNamesAsync(task, cancellationToken);
        throw new CommandFailedException(
            ExitCode.NotFound,
            others.Count == 0
                ? "retrain: expected a dataset, found none. Upload an archive first: 'imdb upload texts.zip --wait'."
                : $"retrain: expected a dataset of task {task}, found none; other tasks: {string.Join(", ", others)}. Name one of them with --task.");
    }
}
