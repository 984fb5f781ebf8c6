using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Training;

namespace ImdbPipeline.Cli.Tests.Screens;

public sealed class RunScreenTests
{
    [Fact]
    public void A_run_whose_model_is_worse_than_a_linear_one_says_so()
    {
        var page = Show(validationAccuracy: 0.5);

        Assert.Contains("baselineValidationAccuracy  0.9048", page);
        Assert.Contains("below the linear baseline: validation accuracy 0.5000 against 0.9048", page);
    }

    [Fact]
    public void A_run_whose_model_is_better_shows_both_figures_without_a_remark()
    {
        var page = Show(validationAccuracy: 0.93);

        Assert.Contains("validationAccuracy          0.93", page);
        Assert.Contains("baselineValidationAccuracy  0.9048", page);
        Assert.DoesNotContain("below", page);
    }

    private static string Show(double validationAccuracy)
    {
        var played = new PlayedTerminal();
        RunScreen.Show(played.Terminal.Page, new RunRecord
        {
            Run = "20260101-000000-abcdef01",
            State = RunState.Published,
            Request = new RetrainRequest(),
            Metrics = new Dictionary<string, double> { ["validationAccuracy"] = validationAccuracy, ["baselineValidationAccuracy"] = 0.9048 },
            CreatedAt = DateTimeOffset.UnixEpoch,
        });
        return played.Page;
    }
}
