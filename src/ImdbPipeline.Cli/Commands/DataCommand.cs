using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb data</c>: lists the datasets in storage, and shows the report of one.</summary>
internal sealed class DataCommand : ImdbCommand
{
    private const int MaxListed = 50;

    public DataCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "data", "Lists the datasets that were ingested, or shows the report of one.", "imdb data list", "imdb data show tickets")
    {
        Add(new ListCommand(terminal, globals));
        Add(new ShowCommand(terminal, globals));
    }

    private sealed class ListCommand : ImdbCommand
    {
        public ListCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "list", "Lists the newest dataset versions.", "imdb data list", "imdb data list --task tickets")
        {
            var task = new TaskOption("Only datasets of this task. Default: all.");
            Add(task);
            SetHandler(async (session, parsed, cancellationToken) =>
            {
                var services = await session.ConnectAsync(cancellationToken);
                var problems = new List<string>();
                var only = parsed.GetValue(task);
                var defaultTask = await services.GetRequiredService<TaskStore>().FindAsync(LabelledTask.Default, cancellationToken);
                var manifests = await services.GetRequiredService<IDatasetCatalog>().ListAsync(MaxListed, cancellationToken, damaged => problems.Add(damaged.Message));
                IReadOnlyList<DatasetStatus> datasets = [.. manifests.Select(manifest => DatasetStatus.Of(manifest, defaultTask)).Where(dataset => only is null || dataset.Task == only)];
                if (session.Json)
                    session.PrintJson(new { datasets, problems });
                else if (datasets.Count == 0)
                    session.Say("No datasets yet. Upload one: imdb upload {archive} --wait");
                else
                    DatasetsScreen.List(datasets).Show(session.Terminal.Page);
                return session.Report(problems);
            });
        }
    }

    private sealed class ShowCommand : ImdbCommand
    {
        public ShowCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "show", "Shows the report of a dataset: splits, labels, what was removed, and text lengths.", "imdb data show tickets", "imdb data show tickets/0123456789abcdef")
        {
            var name = new Argument<string>("dataset") { Description = "A dataset from 'imdb data list', optionally with its version: {dataset} or {dataset}/{version}." };
            Add(name);
            SetHandler(async (session, parsed, cancellationToken) =>
            {
                var dataset = parsed.GetRequiredValue(name);
                var manifest = await (await session.ConnectAsync(cancellationToken)).GetRequiredService<IDatasetCatalog>().FindAsync(dataset, cancellationToken)
                    ?? throw new CommandFailedException(ExitCode.NotFound, $"dataset {dataset}: expected a dataset in storage, found none. 'imdb data list' shows them.");
                return session.Print(manifest, page => ReportScreen.Show(page, manifest));
            });
        }
    }
}
