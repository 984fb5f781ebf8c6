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
        Assert.Equal([[1, 1, 0], [0, 1, 0], [0, 0, 1]], evaluation.Confusion);
        Assert.Equal((2.0 / 3 + 2.0 / 3 + 1) / 3, evaluation.MacroF1, 1e-12);
        var expected = (Math.Log(Math.Exp(2) + 2) - 2 + Math.Log(Math.E + 2) - 1 + Math.Log(Math.Exp(3) + 2) + Math.Log(Math.E + 2) - 1) / 4;
        Assert.Equal(expected, evaluation.Loss, 1e-12);
    }

    [Fact]
    public void A_label_neither_present_nor_predicted_is_left_out_of_the_average() =>
        Assert.Equal(1, Evaluation.Of([[1, 0, 0]], [0], 3).MacroF1);
}
