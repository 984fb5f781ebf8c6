using System.CommandLine;
using ImdbPipeline.Cli.Following;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb replay</c>: another try at what a poison queue's message was about.</summary>
internal sealed class ReplayCommand : ImdbCommand
{
    public ReplayCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "replay", "Asks again for what a given-up message had asked for, once its cause is put right: a training with the same settings as a run of its own, or the same upload as a new one.",
            "imdb replay {message}")
    {
        var message = new Argument<string>("message") { Description = "Its id, as 'imdb status' names it." };
        Add(message);
        Does(async (session, parsed, cancellationToken) =>
        {
            var services = await session.ConnectAsync(cancellationToken);
            var replay = services.GetRequiredService<ReplayHandler>();
            var id = parsed.GetRequiredValue(message);
            var record = await replay.FindAsync(id, cancellationToken)
                ?? throw new CommandFailedException(ExitCode.NotFound, $"message {id}: expected a given-up message, found none of that id. 'imdb status' names those there are.");
            // In the trace of the first try.
            return await Stage.RunAsync("imdb replay", Cause.OfMessage(record.Body, record.MessageId), async _ =>
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
            session.Say($"Uploaded {upload} again; 'imdb status' shows what becomes of it.");
    }
}
