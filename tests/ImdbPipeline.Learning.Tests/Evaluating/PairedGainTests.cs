using ImdbPipeline.Learning.Evaluating;

namespace ImdbPipeline.Learning.Tests.Evaluating;

public sealed class PairedGainTests
{
    [Fact]
    public void More_accurate_predictions_improve_even_if_the_gain_is_not_significant()
    {
        var gain = Gain([.. Enumerable.Repeat((-1.0, -1.0), 99), (-0.1, 0.1)]);

        Assert.Equal((false, true), (gain.Helps, gain.Improves));
    }

    [Fact]
    public void More_accurate_predictions_do_not_improve_if_the_true_labels_are_significantly_less_likely()
    {
        var gain = Gain([.. Enumerable.Range(0, 99).Select(i => (2.0, 1 + (i % 3 * 0.1))), (-0.1, 0.1)]);

        Assert.True(gain.After!.Accuracy > gain.Before!.Accuracy);
        Assert.Equal((false, false), (gain.Helps, gain.Improves));
    }

    [Fact]
    public void Equally_accurate_predictions_improve_only_if_the_true_labels_are_significantly_more_likely()
    {
        var likelier = Gain([.. Enumerable.Range(0, 100).Select(i => (1.0, 2 + (i % 3 * 0.1)))]);
        var same = Gain([.. Enumerable.Range(0, 100).Select(i => (1.0, i % 2 == 0 ? 1.1 : 0.91))]);

        Assert.Equal((true, true), (likelier.Helps, likelier.Improves));
        Assert.Equal((false, false), (same.Helps, same.Improves));
    }

    [Fact]
    public void Identical_predictions_do_not_improve()
    {
        var gain = Gain([.. Enumerable.Repeat((1.0, 1.0), 100)]);

        Assert.Equal((false, false), (gain.Helps, gain.Improves));
    }

    [Theory]
    [InlineData(9, 0, false)]
    [InlineData(10, 0, true)]
    [InlineData(12, 1, false)]
    [InlineData(13, 1, true)]
    [InlineData(0, 20, false)]
    [InlineData(0, 0, false)]
    public void Fewer_than_30_texts_tell_only_if_far_more_become_right_than_wrong(int won, int lost, bool tells)
    {
        var gain = Gain([.. Enumerable.Repeat((-1.0, 1.0), won), .. Enumerable.Repeat((1.0, -1.0), lost), (1.0, 1.0), (-1.0, -1.0)]);

        Assert.Equal((tells, tells), (gain.Helps, gain.Improves));
        Assert.Equal(tells, !gain.ToString().EndsWith(", too few to tell", StringComparison.Ordinal));
    }

    /// <param name="margins">For each text, the true label's logit before and after; the other label's is 0.</param>
    private static PairedGain Gain((double Before, double After)[] margins)
    {
        int[] labels = [.. margins.Select(_ => 0)];
        return PairedGain.Of(
            new SplitPredictions([.. margins.Select(text => new[] { (float)text.Before, 0 })], labels, 2), new SplitPredictions([.. margins.Select(text => new[] { (float)text.After, 0 })], labels, 2));
    }
}
