using ImdbPipeline.Learning.Evaluating;

namespace ImdbPipeline.Learning.Tests.Evaluating;

public sealed class EvaluationTests
{
    [Fact]
    public void Figures_are_those_worked_out_by_hand()
    {
        float[][] logits = [[2, 0, 0], [0, 1, 0], [0, 3, 0], [0, 0, 1]];

        var evaluation = Evaluation.Of(logits, [0, 1, 0, 2], 3);

        Assert.Equal(0.75, evaluation.Accuracy);
        Assert.Equal((3, 4), (evaluation.Right, evaluation.Reviews));
        Assert.Equal([[1, 1, 0], [0, 1, 0], [0, 0, 1]], evaluation.Confusion);
        Assert.Equal((2.0 / 3 + 2.0 / 3 + 1) / 3, evaluation.MacroF1, 1e-12);
        Assert.Null(evaluation.F1);
        var expected = (Math.Log(Math.Exp(2) + 2) - 2 + Math.Log(Math.E + 2) - 1 + Math.Log(Math.Exp(3) + 2) + Math.Log(Math.E + 2) - 1) / 4;
        Assert.Equal(expected, evaluation.Loss, 1e-12);
    }

    [Fact]
    public void Of_two_labels_the_second_has_the_F1()
    {
        var evaluation = Evaluation.Of([[0, 1], [0, 1], [0, 1], [1, 0], [1, 0]], [1, 1, 0, 1, 0], 2);

        // 2 of 3 predicted are right, and 2 of 3 there are found.
        Assert.Equal(2.0 / 3, evaluation.F1!.Value, 1e-12);
        Assert.Equal((2.0 / 3 + 0.5) / 2, evaluation.MacroF1, 1e-12);
    }

    [Fact]
    public void A_label_neither_present_nor_predicted_is_left_out_of_the_average() =>
        Assert.Equal(1, Evaluation.Of([[1, 0, 0]], [0], 3).MacroF1);

    [Fact]
    public void Equal_scores_count_half_in_the_area_under_the_curve()
    {
        // Of four pairs the positive review is likelier in three and as likely in one.
        float[][] logits = [[0, 1], [0, 4], [2, 6], [1, 9]];

        Assert.Equal(3.5 / 4, Evaluation.Of(logits, [0, 1, 0, 1], 2).RocAuc);
    }

    [Fact]
    public void Each_of_several_labels_is_told_from_the_rest_and_the_areas_are_averaged()
    {
        float[][] logits = [[2, 0, 0], [0, 2, 0], [0, 0, 2], [0, 2, 0]];

        // The first label: apart. The second: above two, beside one. The third: one above both, one beside both.
        Assert.Equal((1 + 2.5 / 3 + 3.0 / 4) / 3, Evaluation.Of(logits, [0, 1, 2, 2], 3).RocAuc!.Value, 1e-12);
    }

    [Fact]
    public void Reviews_a_model_is_very_sure_of_are_still_ranked() =>
        Assert.Equal(1, Evaluation.Of([[0, 50], [0, 51], [0, 52]], [0, 0, 1], 2).RocAuc);

    [Fact]
    public void A_split_of_one_label_has_no_area() => Assert.Null(Evaluation.Of([[0, 1], [1, 0]], [1, 1], 2).RocAuc);

    [Fact]
    public void Calibration_error_is_the_weighted_gap_of_each_bin()
    {
        float[][] logits = [[0, 1], [0, 1], [0, 1], [0, 1], [0, 1]];
        double[] confidences = [0.95, 0.95, 0.55, 0.55, 0.55];

        // 0.95 promised and half right, twice; 0.55 promised and two thirds right, three times.
        var expected = (2 * (0.95 - 0.5) + 3 * (2.0 / 3 - 0.55)) / 5;
        Assert.Equal(expected, Evaluation.Of(logits, [1, 0, 1, 1, 0], 2, confidences).CalibrationError, 1e-12);
    }

    [Fact]
    public void A_bin_holds_its_upper_end_and_not_its_lower()
    {
        float[][] logits = [[0, 1], [0, 1]];

        Assert.Equal(Math.Abs(0.8 + 0.75 - 1) / 2, Evaluation.Of(logits, [1, 0], 2, (double[])[0.8, 0.75]).CalibrationError, 1e-12);
        Assert.Equal((0.2 + 0.81) / 2, Evaluation.Of(logits, [1, 0], 2, (double[])[0.8, 0.81]).CalibrationError, 1e-12);
    }
}
