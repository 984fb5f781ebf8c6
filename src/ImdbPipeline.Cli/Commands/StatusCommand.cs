using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb status</c>: what the pipeline has and does.</summary>
internal sealed class StatusCommand : ImdbCommand
{
    public StatusCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "status", "Shows data sets, runs, models, queues and files to be scored, newest first.",
            "imdb status", "imdb status --json") =>
        Does(async (session, _, cancellationToken) =>
        {
            var services = await session.ConnectAsync(cancellationToken);
            var status = await services.GetRequiredService<StatusHandler>().HandleAsync(cancellationToken);
            if (session.Json)
                session.PrintJson(status);
            else
                StatusScreen.Show(session.Terminal.Page, status);
            return ExitCode.Ok;
        });
}
