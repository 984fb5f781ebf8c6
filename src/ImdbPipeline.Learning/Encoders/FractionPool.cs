using ImdbPipeline.Core.Runs;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Pools the <c>[CLS]</c> vectors of a text's fractions into one vector.</summary>
internal static class FractionPool
{
    /// <summary>Query vector of attention pooling, <c>[1, dim]</c>.</summary>
    public const string Query = "fraction_attention.weight";

    /// <param name="cls"><c>[rows, dim]</c>; the rows of one text are adjacent.</param>
    /// <param name="rowsPerText"><c>[texts]</c></param>
    /// <param name="query"><c>[1, dim]</c>; null unless the pooling is attention.</param>
    /// <returns><c>[texts, dim]</c></returns>
    public static Tensor Of(Fractions fractions, Tensor? query, Tensor cls, IReadOnlyList<int> rowsPerText)
    {
        if (rowsPerText.Count == cls.shape[0])
            return cls;
        var texts = cls.split([.. rowsPerText.Select(rows => (long)rows)], 0);
        return stack(texts.Select(rows => fractions.Pooling switch
        {
            FractionPooling.Mean => rows.mean([0]),
            FractionPooling.Max => rows.amax([0]),
            FractionPooling.Attention => Attend(rows, query!),
            _ => throw new InvalidOperationException($"pooling of fractions: expected mean, max or attention, found {fractions.Pooling}"),
        }));
    }

    /// <param name="rows"><c>[rows, dim]</c></param>
    /// <param name="query"><c>[1, dim]</c></param>
    private static Tensor Attend(Tensor rows, Tensor query) =>
        query.mm(rows.t()).div(Math.Sqrt(rows.shape[1])).softmax(1).mm(rows).squeeze(0);
}
