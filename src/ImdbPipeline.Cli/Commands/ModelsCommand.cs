using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb models</c>: lists the published models and changes the champion.</summary>
internal sealed class ModelsCommand : ImdbCommand
{
    /// <summary>Maximum number of models listed, newest first.</summary>
    private const int MaxListed = 50;

    public ModelsCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "models", "Lists published models, promotes one, or rolls back to the previous champion.",
            "imdb models list", "imdb models promote {version}", "imdb models rollback")
    {
        Add(new ListCommand(terminal, globals));
        Add(new PromoteCommand(terminal, globals));
        Add(new RollbackCommand(terminal, globals));
    }

    /// <summary>The user and machine recorded in the champion's history.</summary>
    private static string User => $"{Environment.UserName}@{Environment.MachineName}";

    private static async Task<ModelRegistry> RegistryAsync(Session session, CancellationToken cancellationToken) =>
        (await session.ConnectAsync(cancellationToken)).GetRequiredService<ModelRegistry>();

    private static ExitCode Show(Session session, Champion champion)
    {
        if (session.Json)
            session.PrintJson(champion);
        else
            ModelsScreen.ShowChampion(session.Terminal.Page, champion);
        return ExitCode.Ok;
    }

    private sealed class ListCommand : ImdbCommand
    {
        public ListCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "list", "Lists the newest published models with their accuracy; * marks the champion.",
                "imdb models list", "imdb models list --json") =>
            SetHandler(async (session, _, cancellationToken) =>
            {
                var registry = await RegistryAsync(session, cancellationToken);
                var champion = await registry.ReadChampionAsync(cancellationToken);
                var models = await registry.ListAsync(MaxListed, cancellationToken);
                if (session.Json)
                    session.PrintJson(new { champion = champion.Model, history = champion.History, models });
                else
                    ModelsScreen.ShowList(session.Terminal.Page, champion, models);
                return ExitCode.Ok;
            });
    }

    private sealed class PromoteCommand : ImdbCommand
    {
        public PromoteCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "promote", "Makes a published model the champion, even if it is worse than the current one. Your user and machine name are recorded.",
                "imdb models promote {version}")
        {
            var version = new Argument<string>("version") { Description = "A model version from 'imdb models list'." };
            Add(version);
            SetHandler(async (session, parsed, cancellationToken) =>
            {
                var registry = await RegistryAsync(session, cancellationToken);
                var model = parsed.GetRequiredValue(version);
                if (await registry.FindAsync(model, cancellationToken) is null)
                    throw new CommandFailedException(
                        ExitCode.NotFound, $"model {model}: expected a published model version, found none. 'imdb models list' shows the published models.");
                return Show(session, await registry.PinAsync(model, User, cancellationToken));
            });
        }
    }

    private sealed class RollbackCommand : ImdbCommand
    {
        public RollbackCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "rollback", "Makes the previous champion the champion again. Your user and machine name are recorded.", "imdb models rollback") =>
            SetHandler(async (session, _, cancellationToken) =>
            {
                var registry = await RegistryAsync(session, cancellationToken);
                if ((await registry.ReadChampionAsync(cancellationToken)).Model is not { } champion)
                    throw new CommandFailedException(ExitCode.NotFound, "rollback: expected a champion, found none. Train and promote a model first: 'imdb retrain --wait'.");
                return Show(session, await registry.RollbackAsync(User, cancellationToken, from: champion));
            });
    }
}
