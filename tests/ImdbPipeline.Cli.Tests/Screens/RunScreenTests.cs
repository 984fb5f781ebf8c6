using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Cli.Tests.Screens;

public sealed class RunScreenTests
{
    [Fact]
    public void A_model_below_the_linear_baseline_is_noted()
    {
        var page = Show(validationAccuracy: 0.5);

        Assert.Contains("baselineValidationAccuracy  0.9048", page);
        Assert.Contains("below the linear baseline: validation accuracy 0.5000 vs. 0.9048", page);
    }

    [Fact]
    public void A_model_above_the_linear_baseline_shows_both_metrics_without_a_note()
    {
        var page = Show(validationAccuracy: 0.93);

        Assert.Contains("validationAccuracy          0.93", page);
        Assert.Contains("baselineValidationAccuracy  0.9048", page);
        Assert.DoesNotContain("below", page);
    }

    private static string Show(double validationAccuracy)
    {
        var terminal = new FakeTerminal();
        RunScreen.Show(terminal.Terminal.Page, new RunRecord
        {
            Run = "20260101-000000-abcdef01",
            State = RunState.Published,
            Request = new RetrainRequest(),
            Metrics = new Dictionary<string, double> { ["validationAccuracy"] = validationAccuracy, ["baselineValidationAccuracy"] = 0.9048 },
            CreatedAt = DateTimeOffset.UnixEpoch,
        });
        return terminal.Page;
    }
}
