using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Cli.Tests.Screens;

public sealed class RunScreenTests
{
    [Fact]
    public void A_model_below_the_linear_baseline_is_noted()
    {
        var page = Show(validationAccuracy: 0.5);

        Assert.Contains("accuracy of the linear baseline\t0.9048", page);
        Assert.Contains("below the linear baseline: validation accuracy 0.5000 vs. 0.9048", page);
    }

    [Fact]
    public void A_model_above_the_linear_baseline_shows_both_metrics_without_a_note()
    {
        var page = Show(validationAccuracy: 0.93);

        Assert.Contains("0.930 accuracy on validation texts; linear baseline 0.905", page);
        Assert.Contains("accuracy\t0.9300", page);
        Assert.Contains("accuracy of the linear baseline\t0.9048", page);
        Assert.DoesNotContain("below", page);
    }

    [Fact]
    public void Notes_of_the_run_are_shown()
    {
        var page = Show(validationAccuracy: 0.5, "below the linear baseline: validation accuracy 0.5000 vs. 0.9048", "no text of label rare is predicted correctly");

        Assert.Contains("no text of label rare is predicted correctly", page);
        Assert.Single(page.Split("below the linear baseline").Skip(1));
    }

    private static string Show(double validationAccuracy, params string[] notes)
    {
        var terminal = new FakeTerminal();
        RunScreen.Show(terminal.Terminal.Page, new RunRecord
        {
            Run = "20260101-000000-abcdef01",
            State = RunState.Published,
            Request = new RetrainRequest(),
            Metrics = new Dictionary<string, double> { ["validationAccuracy"] = validationAccuracy, ["baselineValidationAccuracy"] = 0.9048 },
            Notes = notes,
            CreatedAt = DateTimeOffset.UnixEpoch,
        });
        return terminal.Page;
    }
}
