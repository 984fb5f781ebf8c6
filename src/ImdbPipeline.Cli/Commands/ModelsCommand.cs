using System.CommandLine;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb models</c>: what was published, and which of it scores.</summary>
internal sealed class ModelsCommand : ImdbCommand
{
    /// <summary>The newest models are shown, older ones are in storage.</summary>
    private const int Most = 50;

    public ModelsCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "models", "Lists the published models, promotes one, or goes back to the champion before.",
            "imdb models list", "imdb models promote {version}", "imdb models rollback")
    {
        Add(new ListCommand(terminal, globals));
        Add(new PromoteCommand(terminal, globals));
        Add(new RollbackCommand(terminal, globals));
    }

    /// <summary>Who is recorded in the champion's history.</summary>
    private static string Person => $"{Environment.UserName}@{Environment.MachineName}";

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
            : base(terminal, globals, "list", "Lists the newest published models with their accuracies; the champion is marked.",
                "imdb models list", "imdb models list --json") =>
            Does(async (session, _, cancellationToken) =>
            {
                var registry = await RegistryAsync(session, cancellationToken);
                var champion = await registry.ReadChampionAsync(cancellationToken);
                var models = await registry.ListAsync(Most, cancellationToken);
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
            : base(terminal, globals, "promote", "Makes a published model the champion, whatever the gate says; the step is recorded with your name.",
                "imdb models promote {version}")
        {
            var version = new Argument<string>("version") { Description = "A published model, as 'imdb models list' names it." };
            Add(version);
            Does(async (session, parsed, cancellationToken) =>
            {
                var registry = await RegistryAsync(session, cancellationToken);
                var model = parsed.GetRequiredValue(version);
                if (await registry.FindAsync(model, cancellationToken) is null)
                    throw new CommandFailedException(
                        ExitCode.NotFound, $"model {model}: expected a published model, found none of that version. 'imdb models list' names those there are.");
                return Show(session, await registry.PinAsync(model, Person, cancellationToken));
            });
        }
    }

    private sealed class RollbackCommand : ImdbCommand
    {
        public RollbackCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "rollback", "Goes back to the champion before this one, as a recorded step.", "imdb models rollback") =>
            Does(async (session, _, cancellationToken) =>
            {
                var registry = await RegistryAsync(session, cancellationToken);
                if ((await registry.ReadChampionAsync(cancellationToken)).Model is not { } champion)
                    throw new CommandFailedException(ExitCode.NotFound, "rollback: expected a champion, found none. Train and promote a model first: 'imdb retrain --wait'.");
                return Show(session, await registry.RollbackAsync(Person, cancellationToken, from: champion));
            });
    }
}
