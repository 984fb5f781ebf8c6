using ImdbPipeline.Cli.Screens;

namespace ImdbPipeline.Cli.Tests.Screens;

public sealed class ProgressLineTests
{
    private readonly SettableClock clock = new();

    [Fact]
    public void Redirected_progress_is_a_plain_line_every_few_seconds()
    {
        var played = new PlayedTerminal(clock: clock);
        using (var progress = new ProgressLine(played.Terminal, "Uploading", 1000, Quantity.Count))
        {
            for (var done = 100; done <= 1000; done += 100)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                progress.Report(done);
            }
        }

        Assert.Equal(
            """
            Uploading   50 %  500 of 1,000  100/s  5 s left
            Uploading  100 %  1,000 of 1,000  100/s  10 s

            """.ReplaceLineEndings("\n"),
            played.Error);
    }

    [Fact]
    public void On_a_terminal_the_bar_is_painted_over_in_one_line()
    {
        var played = new PlayedTerminal(interactive: true, clock: clock);
        using (var progress = new ProgressLine(played.Terminal, "Uploading", 1000, Quantity.Count))
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            progress.Report(500);
            Assert.DoesNotContain('\n', played.Error);
        }

        Assert.Equal(
            "\r\u001b[2KUploading  ████████████░░░░░░░░░░░░   50 %  500 of 1,000  250/s  2 s left" +
            "\r\u001b[2KUploading  ████████████░░░░░░░░░░░░   50 %  500 of 1,000  250/s  2 s\n",
            played.Error);
    }

    [Fact]
    public void What_takes_less_than_a_second_shows_nothing()
    {
        var played = new PlayedTerminal(interactive: true, clock: clock);
        using (var progress = new ProgressLine(played.Terminal, "Uploading", 1000, Quantity.Count))
        {
            clock.Advance(TimeSpan.FromMilliseconds(900));
            progress.Report(1000);
        }

        Assert.Empty(played.Error);
    }

    [Fact]
    public void A_silent_line_shows_nothing_at_all()
    {
        var played = new PlayedTerminal(clock: clock);
        using (var progress = new ProgressLine(played.Terminal, "Uploading", 1000, Quantity.Count, silent: true))
        {
            clock.Advance(TimeSpan.FromSeconds(60));
            progress.Report(1000);
        }

        Assert.Empty(played.Error);
    }

    [Fact]
    public void What_was_done_before_is_no_measure_of_the_rate()
    {
        var played = new PlayedTerminal(clock: clock);
        using (var progress = new ProgressLine(played.Terminal, "Training", 1000, Quantity.Count, alreadyDone: 800))
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            progress.Report(900);
        }

        Assert.StartsWith("Training   90 %  900 of 1,000  10/s  10 s left\n", played.Error, StringComparison.Ordinal);
    }
}
