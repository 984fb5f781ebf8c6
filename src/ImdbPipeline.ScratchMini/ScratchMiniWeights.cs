using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Foundation;
using static TorchSharp.torch;

namespace ImdbPipeline.ScratchMini;

/// <summary>Initial weights: word vectors and log-count ratios in the embeddings, neighbour attention in the first layer, random elsewhere.</summary>
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
        // The values of the first layer carry words, not positions.
        using (no_grad())
            weights[$"{first.Prefix}{first.Value}.weight"].narrow(1, config.Dim - NeighbourAttention.PositionDims, NeighbourAttention.PositionDims).zero_();
        return weights;
    }

    /// <summary>
    /// Attaches a head whose bias is the log frequency of each token and whose norm is scaled down, because the word vectors have
    /// unit scale, fifty times that of a pre-trained encoder.
    /// </summary>
    /// <param name="texts">Token IDs of each text.</param>
    public static void AttachMaskedLanguageHead(EncoderWeights weights, IEnumerable<int[]> texts, int seed)
    {
        using var scope = NewDisposeScope();
        var config = weights.Config;
        weights.Attach(MaskedLanguageHead.Specs(config), seed);
        var (_, norm, bias) = ParameterNames.Of(config.Family).MaskedLanguageHead;
        var counts = new float[config.VocabSize];
        Array.Fill(counts, 1);
        foreach (var id in texts.SelectMany(ids => ids))
            counts[id]++;
        var frequencies = tensor(counts);
        weights.Set($"{norm}.weight", ones(config.Dim) / Math.Sqrt(config.Dim));
        weights.Set(bias, (frequencies / frequencies.sum()).log());
    }

    /// <summary>Names of the parameters that are never trained: positions, and the first layer's queries and keys.</summary>
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

    /// <summary>Also freezes the word embeddings, since short pre-training would make word vectors and log-count ratios worse.</summary>
    public static IReadOnlySet<string> FrozenInPretraining(EncoderConfig config) =>
        Frozen(config).Append($"{ParameterNames.Of(config.Family).WordEmbeddings}.weight").ToHashSet();

    /// <summary>Zeroes the gradient of the position dimensions in the word embeddings.</summary>
    public static void KeepPositions(EncoderWeights weights)
    {
        using var noGrad = no_grad();
        weights[$"{ParameterNames.Of(weights.Config.Family).WordEmbeddings}.weight"].grad
            ?.narrow(1, weights.Config.Dim - NeighbourAttention.PositionDims, NeighbourAttention.PositionDims).zero_();
    }

    /// <summary>Queries and keys keep their small initial weights, so that attention starts out uniform.</summary>
    private static bool IsAttention(string name, ParameterNames names, EncoderConfig config) =>
        Enumerable.Range(0, config.Layers).Select(names.Layer).Any(layer => name == $"{layer.Prefix}{layer.Query}.weight" || name == $"{layer.Prefix}{layer.Key}.weight");
}
