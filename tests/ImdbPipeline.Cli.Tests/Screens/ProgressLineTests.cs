using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Cli.Tests.Screens;

public sealed class ProgressLineTests
{
    private readonly ManualTimeProvider timeProvider = new();

    [Fact]
    public void Redirected_progress_writes_a_plain_line_every_few_seconds()
    {
        var terminal = new FakeTerminal(timeProvider: timeProvider);
        using (var progress = new ProgressLine(terminal.Terminal, "Uploading", 1000, Quantity.Count))
        {
            for (var done = 100; done <= 1000; done += 100)
            {
                timeProvider.Advance(TimeSpan.FromSeconds(1));
                progress.Report(done);
            }
        }

        Assert.Equal(
            """
            Uploading   50 %  500 of 1,000  100/s  5 s left
            Uploading  100 %  1,000 of 1,000  100/s  in 10 s

            """.ReplaceLineEndings("\n"),
            terminal.Error);
    }

    [Fact]
    public void On_a_terminal_the_bar_is_redrawn_in_one_line()
    {
        var terminal = new FakeTerminal(interactive: true, timeProvider: timeProvider);
        using (var progress = new ProgressLine(terminal.Terminal, "Uploading", 1000, Quantity.Count))
        {
            timeProvider.Advance(TimeSpan.FromSeconds(2));
            progress.Report(500);
            Assert.DoesNotContain('\n', terminal.Error);
        }

        Assert.Equal(
            "\r\u001b[2KUploading  ████████████░░░░░░░░░░░░   50 %  500 of 1,000  250/s  2 s left" +
            "\r\u001b[2KUploading  ████████████░░░░░░░░░░░░   50 %  500 of 1,000  250/s  in 2 s\n",
            terminal.Error);
    }

    [Fact]
    public void A_task_shorter_than_a_second_shows_nothing()
    {
        var terminal = new FakeTerminal(interactive: true, timeProvider: timeProvider);
        using (var progress = new ProgressLine(terminal.Terminal, "Uploading", 1000, Quantity.Count))
        {
            timeProvider.Advance(TimeSpan.FromMilliseconds(900));
            progress.Report(1000);
        }

        Assert.Empty(terminal.Error);
    }

    [Fact]
    public void A_silent_progress_line_shows_nothing()
    {
        var terminal = new FakeTerminal(timeProvider: timeProvider);
        using (var progress = new ProgressLine(terminal.Terminal, "Uploading", 1000, Quantity.Count, silent: true))
        {
            timeProvider.Advance(TimeSpan.FromSeconds(60));
            progress.Report(1000);
        }

        Assert.Empty(terminal.Error);
    }

    [Fact]
    public void Work_done_before_the_start_does_not_count_towards_the_rate()
    {
        var terminal = new FakeTerminal(timeProvider: timeProvider);
        using (var progress = new ProgressLine(terminal.Terminal, "Training", 1000, Quantity.Count, alreadyDone: 800))
        {
            timeProvider.Advance(TimeSpan.FromSeconds(10));
            progress.Report(900);
        }

        Assert.StartsWith("Training   90 %  900 of 1,000  10/s  10 s left\n", terminal.Error, StringComparison.Ordinal);
    }
}
