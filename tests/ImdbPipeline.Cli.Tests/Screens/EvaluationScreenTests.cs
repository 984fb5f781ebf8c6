using ImdbPipeline.Cli.Evaluating;
using ImdbPipeline.Cli.Screens;

namespace ImdbPipeline.Cli.Tests.Screens;

public sealed class EvaluationScreenTests
{
    [Fact]
    public void An_evaluation_shows_accuracy_each_label_and_what_was_taken_for_what()
    {
        var confusion = new Confusion(["neg", "pos"]);
        (string Truth, string Predicted, int Times)[] outcomes = [("neg", "neg", 6), ("neg", "pos", 2), ("pos", "pos", 9), ("pos", "neg", 3)];
        foreach (var (truth, predicted, times) in outcomes)
            for (var i = 0; i < times; i++)
                confusion.Add(truth, predicted);
        var played = new PlayedTerminal();

        EvaluationScreen.Show(played.Terminal.Page, "model-1", "reviews.tar.gz (test)", confusion);

        Assert.Equal(0.75, confusion.Accuracy, 6);
        Assert.Equal(
            """
            model-1 on reviews.tar.gz (test)
            accuracy 0.7500  (15 of 20)

              label   reviews   precision   recall       F1   as neg   as pos
            ───────────────────────────────────────────────────────────────────
              neg           8      0.6667   0.7500   0.7059        6        2
              pos          12      0.8182   0.7500   0.7826        3        9
            """.ReplaceLineEndings("\n"),
            played.Page);
    }

    [Fact]
    public void A_label_that_is_neither_there_nor_predicted_has_no_quality()
    {
        var quality = new Confusion(["neg", "pos"]).Of(0);

        Assert.Null(quality.Precision);
        Assert.Null(quality.Recall);
        Assert.Null(quality.F1);
    }
}
