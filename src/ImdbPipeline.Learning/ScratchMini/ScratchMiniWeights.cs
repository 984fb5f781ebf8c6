using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Training;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.ScratchMini;

/// <summary>The first weights of the encoder: word vectors and label ratios in the embeddings, neighbours in the first layer, random numbers elsewhere.</summary>
internal static class ScratchMiniWeights
{
    private const double ClassifierScale = 0.05;

    /// <param name="vectors"><c>[vocabSize, dim - positions - ratios]</c></param>
    /// <param name="ratios"><c>[vocabSize, ratios]</c></param>
    public static EncoderWeights Of(EncoderConfig config, NeighbourAttention neighbours, Tensor vectors, Tensor ratios, int seed)
    {
        using var scope = NewDisposeScope();
        var names = ParameterNames.Of(config.Family);
        var first = names.Layer(0);
        var weights = EncoderWeights.Initialise(config, seed);
        foreach (var spec in weights.Specs.Where(spec => spec is { Kind: ParameterKind.Weight, Depth: > 0 } && !IsAttention(spec.Name, names, config)))
        {
            using var generator = new Generator(Seeds.Of(seed, spec.Name), CPU);
            var scale = spec.Name == $"{ParameterNames.Classifier}.weight" ? ClassifierScale : 1 / Math.Sqrt(spec.Shape[1]);
            weights.Set(spec.Name, randn(spec.Shape, generator: generator) * scale);
        }

        weights.Set($"{names.WordEmbeddings}.weight", cat([vectors, ratios, zeros(config.VocabSize, NeighbourAttention.PositionDims)], 1));
        weights.Set($"{names.PositionEmbeddings}.weight", neighbours.Positions());
        var (query, key) = neighbours.Projections();
        weights.Set($"{first.Prefix}{first.Query}.weight", query);
        weights.Set($"{first.Prefix}{first.Key}.weight", key);
        // What the first layer gathers is words, not places.
        using (no_grad())
            weights[$"{first.Prefix}{first.Value}.weight"].narrow(1, config.Dim - NeighbourAttention.PositionDims, NeighbourAttention.PositionDims).zero_();
        return weights;
    }

    /// <summary>
    /// A head that begins with each word piece's frequency: the word vectors are of unit scale here, fifty times a pre-trained
    /// encoder's, and products with them must begin small.
    /// </summary>
    /// <param name="reviews">Token ids.</param>
    public static void AttachMaskedLanguageHead(EncoderWeights weights, IEnumerable<int[]> reviews, int seed)
    {
        using var scope = NewDisposeScope();
        var config = weights.Config;
        weights.Attach(MaskedLanguageHead.Specs(config), seed);
        var (_, norm, bias) = ParameterNames.Of(config.Family).MaskedLanguageHead;
        var counts = new float[config.VocabSize];
        Array.Fill(counts, 1);
        foreach (var id in reviews.SelectMany(ids => ids))
            counts[id]++;
        var frequencies = tensor(counts);
        weights.Set($"{norm}.weight", ones(config.Dim) / Math.Sqrt(config.Dim));
        weights.Set(bias, (frequencies / frequencies.sum()).log());
    }

    /// <summary>What stays as it was made: places, and how the first layer looks at them.</summary>
    public static IReadOnlySet<string> Frozen(EncoderConfig config)
    {
        var names = ParameterNames.Of(config.Family);
        var first = names.Layer(0);
        return new HashSet<string>
        {
            $"{names.PositionEmbeddings}.weight",
            $"{first.Prefix}{first.Query}.weight", $"{first.Prefix}{first.Query}.bias",
            $"{first.Prefix}{first.Key}.weight", $"{first.Prefix}{first.Key}.bias",
        };
    }

    /// <summary>Masked words must not overwrite word vectors and label ratios, which teach more than they do in a short time.</summary>
    public static IReadOnlySet<string> FrozenInPretraining(EncoderConfig config) =>
        Frozen(config).Append($"{ParameterNames.Of(config.Family).WordEmbeddings}.weight").ToHashSet();

    /// <summary>Words must not learn to look like places.</summary>
    public static void KeepPlaces(EncoderWeights weights)
    {
        using var frozen = no_grad();
        weights[$"{ParameterNames.Of(weights.Config.Family).WordEmbeddings}.weight"].grad
            ?.narrow(1, weights.Config.Dim - NeighbourAttention.PositionDims, NeighbourAttention.PositionDims).zero_();
    }

    /// <summary>Queries and keys begin small, so that attention begins even.</summary>
    private static bool IsAttention(string name, ParameterNames names, EncoderConfig config) =>
        Enumerable.Range(0, config.Layers).Select(names.Layer).Any(layer => name == $"{layer.Prefix}{layer.Query}.weight" || name == $"{layer.Prefix}{layer.Key}.weight");
}
