using ImdbPipeline.Learning.Evaluating;

namespace ImdbPipeline.Learning.Tests.Evaluating;

public sealed class EvaluationTests
{
    [Fact]
    public void Metrics_match_a_calculation_by_hand()
    {
        float[][] logits = [[2, 0, 0], [0, 1, 0], [0, 3, 0], [0, 0, 1]];

        var evaluation = Evaluation.Of(logits, [0, 1, 0, 2], 3);

        Assert.Equal(0.75, evaluation.Accuracy);
        Assert.Equal((3, 4), (evaluation.Correct, evaluation.Texts));
        Assert.Equal([[1, 1, 0], [0, 1, 0], [0, 0, 1]], evaluation.Confusion);
        Assert.Equal((2.0 / 3 + 2.0 / 3 + 1) / 3, evaluation.MacroF1, 1e-12);
        Assert.Null(evaluation.F1);
        var expected = (Math.Log(Math.Exp(2) + 2) - 2 + Math.Log(Math.E + 2) - 1 + Math.Log(Math.Exp(3) + 2) + Math.Log(Math.E + 2) - 1) / 4;
        Assert.Equal(expected, evaluation.Loss, 1e-12);
    }

    [Fact]
    public void F1_is_that_of_the_second_of_two_labels()
    {
        var evaluation = Evaluation.Of([[0, 1], [0, 1], [0, 1], [1, 0], [1, 0]], [1, 1, 0, 1, 0], 2);

        // Precision and recall are both 2 of 3.
        Assert.Equal(2.0 / 3, evaluation.F1!.Value, 1e-12);
        Assert.Equal((2.0 / 3 + 0.5) / 2, evaluation.MacroF1, 1e-12);
    }

    [Fact]
    public void Macro_F1_ignores_a_label_that_is_neither_present_nor_predicted() =>
        Assert.Equal(1, Evaluation.Of([[1, 0, 0]], [0], 3).MacroF1);

    [Fact]
    public void Tied_scores_count_half_in_the_ROC_AUC()
    {
        // The positive text ranks higher in three of four pairs and ties in one.
        float[][] logits = [[0, 1], [0, 4], [2, 6], [1, 9]];

        Assert.Equal(3.5 / 4, Evaluation.Of(logits, [0, 1, 0, 1], 2).RocAuc);
    }

    [Fact]
    public void ROC_AUC_of_more_than_two_labels_is_the_mean_of_one_vs_rest()
    {
        float[][] logits = [[2, 0, 0], [0, 2, 0], [0, 0, 2], [0, 2, 0]];

        // First label: perfect. Second: higher in two pairs, tied in one. Third: one text higher in both pairs, one tied in both.
        Assert.Equal((1 + 2.5 / 3 + 3.0 / 4) / 3, Evaluation.Of(logits, [0, 1, 2, 2], 3).RocAuc!.Value, 1e-12);
    }

    [Fact]
    public void Very_confident_predictions_are_still_ranked() =>
        Assert.Equal(1, Evaluation.Of([[0, 50], [0, 51], [0, 52]], [0, 0, 1], 2).RocAuc);

    [Fact]
    public void A_split_with_a_single_label_has_no_ROC_AUC() => Assert.Null(Evaluation.Of([[0, 1], [1, 0]], [1, 1], 2).RocAuc);

    [Fact]
    public void Calibration_error_is_the_weighted_mean_gap_of_the_bins()
    {
        float[][] logits = [[0, 1], [0, 1], [0, 1], [0, 1], [0, 1]];
        double[] confidences = [0.95, 0.95, 0.55, 0.55, 0.55];

        // Two predictions with confidence 0.95 and accuracy 1/2; three with confidence 0.55 and accuracy 2/3.
        var expected = (2 * (0.95 - 0.5) + 3 * (2.0 / 3 - 0.55)) / 5;
        Assert.Equal(expected, Evaluation.Of(logits, [1, 0, 1, 1, 0], 2, confidences).CalibrationError, 1e-12);
    }

    [Fact]
    public void A_bin_includes_its_upper_bound_but_not_its_lower()
    {
        float[][] logits = [[0, 1], [0, 1]];

        Assert.Equal(Math.Abs(0.8 + 0.75 - 1) / 2, Evaluation.Of(logits, [1, 0], 2, (double[])[0.8, 0.75]).CalibrationError, 1e-12);
        Assert.Equal((0.2 + 0.81) / 2, Evaluation.Of(logits, [1, 0], 2, (double[])[0.8, 0.81]).CalibrationError, 1e-12);
    }
}
