using ImdbPipeline.Learning.Data;

namespace ImdbPipeline.Learning.Tests.Data;

public sealed class ValidationHalvesTests
{
    [Fact]
    public void Every_text_is_in_exactly_one_half_which_depends_on_the_text_only()
    {
        var hashes = Enumerable.Range(0, 1_000).Select(i => (ulong)new Random(i).NextInt64()).ToArray();

        var halves = ValidationHalves.Of(Texts(hashes));
        var reversed = ValidationHalves.Of(Texts([.. hashes.Reverse()]));

        Assert.Equal(Enumerable.Range(0, 1_000), halves.Fit.Concat(halves.Judge).Order());
        Assert.InRange(halves.Fit.Count, 450, 550);
        Assert.Equal(halves.Fit.Select(i => 999 - i).Order(), reversed.Fit);
    }

    [Fact]
    public void Both_halves_of_few_texts_are_the_whole()
    {
        var halves = ValidationHalves.Of(Texts([.. Enumerable.Range(0, 399).Select(i => (ulong)i)]));

        Assert.Equal(399, halves.Fit.Count);
        Assert.Equal(halves.Fit, halves.Judge);
    }

    private static LabelledTokens Texts(ulong[] hashes) => new([.. hashes.Select(_ => new[] { 1, 2 })], [.. hashes.Select(_ => 0)], []) { Hashes = hashes };
}
