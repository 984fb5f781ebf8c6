using ImdbPipeline.Cli.Evaluating;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Learning.Evaluating;

namespace ImdbPipeline.Cli.Tests.Screens;

public sealed class EvaluationScreenTests
{
    [Fact]
    public void An_evaluation_shows_accuracy_each_label_and_what_was_taken_for_what()
    {
        var judged = new JudgedReviews(["neg", "pos"]);
        (string Truth, float Logit, float Score, int Times)[] outcomes = [("neg", -1, 0.75f, 6), ("neg", 1, 0.75f, 2), ("pos", 1, 0.75f, 9), ("pos", -1, 0.75f, 3)];
        foreach (var (truth, logit, score, times) in outcomes)
            for (var i = 0; i < times; i++)
                judged.Add(truth, [0, logit], score);
        var played = new PlayedTerminal();

        EvaluationScreen.Show(played.Terminal.Page, "model-1", "reviews.tar.gz (test)", judged.Evaluate(), ["neg", "pos"]);

        Assert.Equal(
            """
            model-1 on reviews.tar.gz (test)
            accuracy 0.7500  (15 of 20)
            macro F1 0.7442  ROC-AUC 0.7500  calibration error 0.0000

              label   reviews   precision   recall       F1   as neg   as pos
            ───────────────────────────────────────────────────────────────────
              neg           8      0.6667   0.7500   0.7059        6        2
              pos          12      0.8182   0.7500   0.7826        3        9
            """.ReplaceLineEndings("\n"),
            played.Page);
    }

    [Fact]
    public void Calibration_is_that_of_the_scores_as_given_out()
    {
        var judged = new JudgedReviews(["neg", "pos"]);
        judged.Add("pos", [0, 100], 0.7f);
        judged.Add("neg", [0, 100], 0.7f);

        Assert.Equal(0.2, judged.Evaluate().CalibrationError, 1e-6);
    }

    [Fact]
    public void A_label_the_model_does_not_know_is_an_error() =>
        Assert.Throws<ArgumentException>(() => new JudgedReviews(["neg", "pos"]).Add("so-so", [0, 1], 0.7f));

    [Fact]
    public void A_label_that_is_neither_there_nor_predicted_has_no_quality()
    {
        var quality = LabelQuality.Of([[0, 0], [0, 3]], 0);

        Assert.Equal(new LabelQuality(0, null, null, null), quality);
    }
}
