using System.CommandLine;
using System.Globalization;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Cli.Watching;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb runs</c>: lists training runs, shows one, and cancels one.</summary>
internal sealed class RunsCommand : ImdbCommand
{
    private const int MaxListed = 50;

    public RunsCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "runs", "Lists training runs, shows or cancels one, or prints its metrics.", "imdb runs list", "imdb runs show {run}", "imdb runs cancel {run}")
    {
        Add(new ListCommand(terminal, globals));
        Add(new ShowCommand(terminal, globals));
        Add(new FollowCommand(terminal, globals));
        Add(new LogsCommand(terminal, globals));
        Add(new CancelCommand(terminal, globals));
    }

    private static Argument<string> RunArgument() => new("run") { Description = "A run from 'imdb runs list'." };

    /// <exception cref="CommandFailedException">There is no such run.</exception>
    private static async Task<RunRecord> FindAsync(RunStore runs, string name, CancellationToken cancellationToken) =>
        (RetrainMessage.IsRunName(name) ? await runs.FindAsync(name, cancellationToken) : null)
            ?? throw new CommandFailedException(ExitCode.NotFound, $"run {name}: expected a training run, found none. 'imdb runs list' shows them.");

    private sealed class ListCommand : ImdbCommand
    {
        public ListCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "list", "Lists the newest training runs.", "imdb runs list", "imdb runs list --task tickets")
        {
            var task = new TaskOption("Only runs of this task. Default: all.");
            Add(task);
            SetHandler(async (session, parsed, cancellationToken) =>
            {
                var problems = new List<string>();
                var only = parsed.GetValue(task);
                var store = (await session.ConnectAsync(cancellationToken)).GetRequiredService<RunStore>();
                IReadOnlyList<RunRecord> runs = [.. (await store.ListAsync(MaxListed, cancellationToken, damaged => problems.Add(damaged.Message))).Where(run => only is null || (run.Task ?? LabelledTask.Default) == only)];
                if (session.Json)
                    session.PrintJson(new { runs, problems });
                else if (runs.Count == 0)
                    session.Say("No training runs yet. Start one: imdb retrain --wait");
                else
                    RunsScreen.List(runs).Show(session.Terminal.Page);
                return session.Report(problems);
            });
        }
    }

    private sealed class ShowCommand : ImdbCommand
    {
        public ShowCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "show", "Shows a training run: its state, data, metrics, notes and model.", "imdb runs show {run}")
        {
            var run = RunArgument();
            Add(run);
            SetHandler(async (session, parsed, cancellationToken) =>
            {
                var record = await FindAsync((await session.ConnectAsync(cancellationToken)).GetRequiredService<RunStore>(), parsed.GetRequiredValue(run), cancellationToken);
                return session.Print(record, page => RunScreen.Show(page, record));
            });
        }
    }

    private sealed class FollowCommand : ImdbCommand
    {
        public FollowCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "follow", "Shows the progress of a training run until it has ended, as 'imdb retrain --wait' does.", "imdb runs follow {run}")
        {
            var run = RunArgument();
            Add(run);
            SetHandler(async (session, parsed, cancellationToken) =>
            {
                var services = await session.ConnectAsync(cancellationToken);
                var found = await FindAsync(services.GetRequiredService<RunStore>(), parsed.GetRequiredValue(run), cancellationToken);
                var record = await new RunWatch(session, services).FollowAsync(found.Run, cancellationToken);
                return session.Print(record, page => RunScreen.Show(page, record));
            });
        }
    }

    private sealed class LogsCommand : ImdbCommand
    {
        public LogsCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "logs", "Prints the metrics that a training run has logged: step, epoch, loss, learning rate and speed.", "imdb runs logs {run}", "imdb runs logs {run} --json")
        {
            var run = RunArgument();
            Add(run);
            SetHandler(async (session, parsed, cancellationToken) =>
            {
                var store = (await session.ConnectAsync(cancellationToken)).GetRequiredService<RunStore>();
                var record = await FindAsync(store, parsed.GetRequiredValue(run), cancellationToken);
                var lines = await store.ReadMetricsAsync(record.Run, cancellationToken).ToListAsync(cancellationToken);
                if (session.Json)
                    session.PrintJson(lines);
                else if (lines.Count == 0)
                    session.Say($"Run {record.Run} has logged nothing yet; it is {$"{record.State}".ToLowerInvariant()}.");
                else
                    Show(session, lines);
                return ExitCode.Ok;
            });
        }

        private static void Show(Session session, IReadOnlyList<MetricsLine> lines)
        {
            var list = new Listing(
                new ListColumn("step") { IsNumber = true }, new ListColumn("epoch") { IsNumber = true }, new ListColumn("loss") { IsNumber = true }, new ListColumn("learning rate") { IsNumber = true },
                new ListColumn("tokens/s") { IsNumber = true, Rank = 1 }, new ListColumn("stage") { Rank = 2 });
            foreach (var line in lines)
                list.Add(
                    Quantity.Count(line.Step), Format(line.Epoch, "0.00"), Format(line.Loss, "0.0000"), Format(line.LearningRate, "0.00e+0"),
                    line.TokensPerSecond is { } speed ? Quantity.Count((long)speed) : "", line.Stage == TrainingPhase.Training ? "" : "pre-training");
            list.Show(session.Terminal.Page);
        }

        private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
    }

    private sealed class CancelCommand : ImdbCommand
    {
        public CancelCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "cancel", "Cancels a training run that is queued or training. The trainer notices it within seconds.", "imdb runs cancel {run}")
        {
            var run = RunArgument();
            Add(run);
            SetHandler(async (session, parsed, cancellationToken) =>
            {
                var store = (await session.ConnectAsync(cancellationToken)).GetRequiredService<RunStore>();
                var found = await FindAsync(store, parsed.GetRequiredValue(run), cancellationToken);
                if (found.State == RunState.Cancelled)
                    return Show(session, found);
                try
                {
                    return Show(session, await store.TransitionAsync(
                        found.Run, RunState.Cancelled,
                        record => record with { Reason = $"cancelled by {Session.User}", Progress = null, AttemptOpen = false, FinishedAt = session.Terminal.TimeProvider.GetUtcNow() },
                        cancellationToken));
                }
                catch (RunTransitionException e)
                {
                    throw new CommandFailedException(
                        ExitCode.InputRejected, $"run {found.Run}: expected one that is queued or training, found one that is {$"{e.From}".ToLowerInvariant()}. It cannot be cancelled any more.", e);
                }
            });
        }

        private static ExitCode Show(Session session, RunRecord run)
        {
            if (session.Json)
                session.PrintJson(run);
            session.Say($"Run {run.Run}: {run.Reason}");
            return ExitCode.Ok;
        }
    }
}
