using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb status</c>: shows the state of the pipeline.</summary>
internal sealed class StatusCommand : ImdbCommand
{
    public StatusCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "status", "Shows queues, datasets, runs, models, incoming and scored files, rejected uploads and poison messages, newest first.",
            "imdb status", "imdb status --json") =>
        SetHandler(async (session, _, cancellationToken) =>
        {
            var services = await session.ConnectAsync(cancellationToken);
            var status = await services.GetRequiredService<StatusHandler>().HandleAsync(cancellationToken);
            return session.Print(status, page => StatusScreen.Show(page, status));
        });
}
