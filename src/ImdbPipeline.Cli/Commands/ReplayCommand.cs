using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Cli.Watching;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb replay</c>: retries a poison message.</summary>
internal sealed class ReplayCommand : ImdbCommand
{
    public ReplayCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "replay", "Retries a poison message after its cause is fixed: starts a new training run with the same settings, or processes the same upload again.",
            "imdb replay {message}")
    {
        var message = new Argument<string>("message") { Description = "Message ID from 'imdb status'." };
        Add(message);
        SetHandler(async (session, parsed, cancellationToken) =>
        {
            var services = await session.ConnectAsync(cancellationToken);
            var replay = services.GetRequiredService<ReplayHandler>();
            var id = parsed.GetRequiredValue(message);
            var record = await replay.FindAsync(id, cancellationToken)
                ?? throw new CommandFailedException(ExitCode.NotFound, $"message {id}: expected a poison message, found none with that ID. 'imdb status' lists them.");
            // Continues the trace of the original message.
            return await Stage.RunAsync("imdb replay", TraceContext.OfMessage(record.Body, record.MessageId), async _ =>
            {
                if (await replay.RequestAsync(record, cancellationToken) is { } request)
                    RetrainCommand.ShowSent(session, await new RunWatch(session, services).SendAsync(request, cancellationToken), request);
                else
                    ShowUploaded(session, await replay.UploadAsync(record, cancellationToken));
                return ExitCode.Ok;
            });
        });
    }

    private static void ShowUploaded(Session session, string upload)
    {
        if (session.Json)
            session.PrintJson(new { upload });
        else
            session.Say($"Uploaded {upload} again; 'imdb status' shows the result.");
    }
}
