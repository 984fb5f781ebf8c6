using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Outputs;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb models</c>: lists the published models and changes the champion.</summary>
internal sealed class ModelsCommand : ImdbCommand
{
    /// <summary>Maximum number of models listed, newest first.</summary>
    private const int MaxListed = 50;

    public ModelsCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "models", "Lists published models, shows or promotes one, or rolls back to the previous champion.",
            "imdb models list", "imdb models show tickets", "imdb models promote {version}", "imdb models rollback --task tickets")
    {
        Add(new ListCommand(terminal, globals));
        Add(new ShowCommand(terminal, globals));
        Add(new PromoteCommand(terminal, globals));
        Add(new RollbackCommand(terminal, globals));
    }

    private static async Task<ModelRegistry> RegistryAsync(Session session, CancellationToken cancellationToken) =>
        (await session.ConnectAsync(cancellationToken)).GetRequiredService<ModelRegistry>();

    private static ExitCode Show(Session session, Champion champion)
    {
        return session.Print(champion, page => ModelsScreen.ShowChampion(page, champion));
    }

    private sealed class ListCommand : ImdbCommand
    {
        public ListCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "list", "Lists the newest published models with their accuracy; * marks the champion.",
                "imdb models list", "imdb models list --task tickets", "imdb models list --json")
        {
            var task = new TaskOption("Only models of this task. Default: all.");
            Add(task);
            SetHandler(async (session, parsed, cancellationToken) =>
            {
                var services = await session.ConnectAsync(cancellationToken);
                var registry = services.GetRequiredService<ModelRegistry>();
                var only = parsed.GetValue(task);
                string[] names = only is null ? [.. LabelledTask.WithDefault(await services.GetRequiredService<TaskStore>().ListAsync(cancellationToken)).Select(known => known.Name)] : [only];
                var champions = new SortedDictionary<string, Champion>(StringComparer.Ordinal);
                foreach (var name in names)
                    champions[name] = await registry.ReadChampionAsync(name, cancellationToken);
                var problems = new List<string>();
                IReadOnlyList<ModelManifest> models = [.. (await registry.ListAsync(MaxListed, cancellationToken, damaged => problems.Add(damaged.Message))).Where(model => only is null || (model.Task ?? LabelledTask.Default) == only)];
                if (session.Json)
                    session.PrintJson(new { champions, models, problems });
                else
                    ModelsScreen.ShowList(session.Terminal.Page, champions, models);
                return session.Report(problems);
            });
        }
    }

    private sealed class ShowCommand : ImdbCommand
    {
        public ShowCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "show", "Shows a published model: its labels, metrics, data, base model and files.", "imdb models show {version}", "imdb models show tickets")
        {
            var model = new Argument<string>("model") { Description = "A version from 'imdb models list', or a task for its champion." };
            Add(model);
            SetHandler(async (session, parsed, cancellationToken) =>
            {
                var manifest = await PublishedModel.FindAsync(await session.ConnectAsync(cancellationToken), parsed.GetRequiredValue(model), cancellationToken);
                return session.Print(manifest, page => ModelsScreen.Show(page, manifest));
            });
        }
    }

    private sealed class PromoteCommand : ImdbCommand
    {
        public PromoteCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "promote", "Makes a published model the champion, even if it is worse than the current one. Your user and machine name are recorded.",
                "imdb models promote {version}")
        {
            var version = new Argument<string>("version") { Description = "A model version from 'imdb models list'." };
            var task = new TaskOption("The task whose champion the model becomes. Default: the one it was trained for.");
            Add(version);
            Add(task);
            SetHandler(async (session, parsed, cancellationToken) =>
            {
                var registry = await RegistryAsync(session, cancellationToken);
                var model = parsed.GetRequiredValue(version);
                var manifest = await registry.FindAsync(model, cancellationToken)
                    ?? throw new CommandFailedException(
                        ExitCode.NotFound, $"model {model}: expected a published model version, found none. 'imdb models list' shows the published models.");
                return Show(session, await registry.PinAsync(parsed.GetValue(task) ?? manifest.Task ?? LabelledTask.Default, model, Session.User, cancellationToken));
            });
        }
    }

    private sealed class RollbackCommand : ImdbCommand
    {
        public RollbackCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "rollback", "Makes the previous champion the champion again. Your user and machine name are recorded.", "imdb models rollback", "imdb models rollback --task tickets")
        {
            var task = new TaskOption("The task whose champion it is. Default: default.");
            Add(task);
            SetHandler(async (session, parsed, cancellationToken) =>
            {
                var registry = await RegistryAsync(session, cancellationToken);
                var name = parsed.GetValue(task) ?? LabelledTask.Default;
                if ((await registry.ReadChampionAsync(name, cancellationToken)).Model is not { } champion)
                    throw new CommandFailedException(ExitCode.NotFound, $"rollback: expected a champion of task {name}, found none. Train and promote a model first: 'imdb retrain --wait'.");
                return Show(session, await registry.RollbackAsync(name, Session.User, cancellationToken, from: champion));
            });
        }
    }
}
