using ImdbPipeline.Core.Runs;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Makes one vector out of the <c>[CLS]</c> of a review's fractions.</summary>
internal static class FractionPool
{
    /// <summary>Weighs the fractions in attention pooling, <c>[1, dim]</c>.</summary>
    public const string Query = "fraction_attention.weight";

    /// <param name="cls"><c>[rows, dim]</c>, a review's rows side by side.</param>
    /// <param name="rowsPerReview"><c>[reviews]</c></param>
    /// <param name="query"><c>[1, dim]</c>; null for poolings that have none.</param>
    /// <returns><c>[reviews, dim]</c></returns>
    public static Tensor Of(Fractions fractions, Tensor? query, Tensor cls, IReadOnlyList<int> rowsPerReview)
    {
        if (rowsPerReview.Count == cls.shape[0])
            return cls;
        var reviews = cls.split([.. rowsPerReview.Select(rows => (long)rows)], 0);
        return stack(reviews.Select(rows => fractions.Pooling switch
        {
            FractionPooling.Mean => rows.mean([0]),
            FractionPooling.Max => rows.amax([0]),
            FractionPooling.Attention => Attend(rows, query!),
            _ => throw new InvalidOperationException($"expected a pooling of fractions, found {fractions.Pooling}"),
        }));
    }

    /// <param name="rows"><c>[rows, dim]</c></param>
    /// <param name="query"><c>[1, dim]</c></param>
    private static Tensor Attend(Tensor rows, Tensor query) =>
        query.mm(rows.t()).div(Math.Sqrt(rows.shape[1])).softmax(1).mm(rows).squeeze(0);
}
