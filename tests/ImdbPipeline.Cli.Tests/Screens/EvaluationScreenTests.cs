using ImdbPipeline.Cli.Evaluating;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Learning.Evaluating;

namespace ImdbPipeline.Cli.Tests.Screens;

public sealed class EvaluationScreenTests
{
    [Fact]
    public void The_evaluation_screen_shows_overall_metrics_label_metrics_and_the_most_frequent_mistakes()
    {
        var results = new LabelledPredictions(["neg", "pos"]);
        (string Truth, float Positive, int Times)[] outcomes = [("neg", 0.25f, 6), ("neg", 0.75f, 2), ("pos", 0.75f, 9), ("pos", 0.25f, 3)];
        foreach (var (truth, positive, times) in outcomes)
            for (var i = 0; i < times; i++)
                results.Add(truth, [1 - positive, positive]);
        var terminal = new FakeTerminal();
        terminal.Terminal.Page.Profile.Width = 80;

        EvaluationScreen.Show(terminal.Terminal.Page, "model-1", "texts.tar.gz (test)", results.Evaluate(), ["neg", "pos"]);

        Assert.Equal(
            """
            model-1 on texts.tar.gz (test)
            0.750 accuracy on 20 texts, ±0.178
            macro F1 0.7442, ROC-AUC 0.7500, calibration error 0.0000, loss 0.5623

            LABEL  TEXTS  PRECISION  RECALL      F1
            neg        8     0.6667  0.7500  0.7059
            pos       12     0.8182  0.7500  0.7826

            Mistakes
            TRUE LABEL  PREDICTED LABEL  TEXTS   SHARE
            pos         neg                  3  25.0 %
            neg         pos                  2  25.0 %
            """.ReplaceLineEndings("\n"),
            terminal.Page);
    }

    [Fact]
    public void The_calibration_error_is_that_of_the_scores()
    {
        var results = new LabelledPredictions(["neg", "pos"]);
        results.Add("pos", [0.3f, 0.7f]);
        results.Add("neg", [0.3f, 0.7f]);

        Assert.Equal(0.2, results.Evaluate().CalibrationError, 1e-6);
    }

    [Fact]
    public void A_label_unknown_to_the_model_throws() =>
        Assert.Throws<ArgumentException>(() => new LabelledPredictions(["neg", "pos"]).Add("so-so", [0.3f, 0.7f]));

    [Fact]
    public void A_label_that_is_neither_present_nor_predicted_has_no_metrics()
    {
        var quality = LabelMetrics.Of([[0, 0], [0, 3]], 0);

        Assert.Equal(new LabelMetrics(0, null, null, null), quality);
    }
}
