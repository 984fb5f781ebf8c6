using ImdbPipeline.Learning.Encoders;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>
/// A trained encoder prepared for inference: no gradients, no dropout, weights laid out for repeated products. Gives the same
/// results as <see cref="TrainableEncoder.Forward"/> except for rounding.
/// </summary>
public sealed class ScoringEncoder : IDisposable
{
    private readonly ParameterNames names;

    // int8 always runs on the CPU.
    private readonly Device targetDevice;
    private readonly Tensor wordEmbeddings;
    private readonly Tensor positionEmbeddings;
    private readonly ScoringNorm embeddingNorm;
    private readonly ScoringLayer[] layers;
    private readonly Tensor? fractionQuery;
    private readonly TorchLinear pooler;
    private readonly TorchLinear classifier;

    private ScoringEncoder(EncoderWeights weights, ScoringPrecision precision, string head)
    {
        Config = weights.Config;
        names = ParameterNames.Of(Config.Family);
        targetDevice = precision == ScoringPrecision.Int8 ? CPU : weights[$"{names.WordEmbeddings}.weight"].device;
        wordEmbeddings = Shared(weights[$"{names.WordEmbeddings}.weight"]);
        positionEmbeddings = Positions(weights);
        embeddingNorm = Norm(weights, names.EmbeddingNorm);
        layers = [.. Enumerable.Range(0, Config.Layers).Select(i => Layer(weights, i, precision))];
        fractionQuery = weights.Find(FractionPool.Query) is { } query ? Shared(query) : null;
        pooler = Plain(weights, names.Pooler);
        classifier = Plain(weights, head);
    }

    public EncoderConfig Config { get; }

    public Device Device => wordEmbeddings.device;

    /// <param name="weights">May be disposed afterwards: this object keeps the tensors it needs.</param>
    /// <param name="classifier">The linear layer that computes the logits.</param>
    public static ScoringEncoder Of(EncoderWeights weights, ScoringPrecision precision = ScoringPrecision.Fp32, string classifier = ParameterNames.Classifier)
    {
        ArgumentNullException.ThrowIfNull(weights);
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        return new ScoringEncoder(weights, precision, classifier);
    }

    /// <param name="batch">Rows of at most <see cref="EncoderConfig.MaxPositions"/> tokens.</param>
    /// <returns>Logits, float32 <c>[texts, labels]</c>.</returns>
    public Tensor Forward(TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var scope = NewDisposeScope();
        var hidden = embeddingNorm.Apply(wordEmbeddings.index_select(0, batch.Ids).add_(positionEmbeddings.index_select(0, batch.Positions)));
        foreach (var layer in layers)
            hidden = layer.Forward(hidden, batch);
        var cls = hidden.index_select(0, batch.Ranks);
        if (batch.RowsPerText is { } rows)
            cls = FractionPool.Of(Config.Fractions!, fractionQuery, cls, rows);
        var pooled = pooler.Apply(cls);
        return classifier.Apply(Config.Family == EncoderFamily.Bert ? pooled.tanh_() : pooled.relu_()).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable?[])[wordEmbeddings, positionEmbeddings, embeddingNorm, .. layers, fractionQuery, pooler, classifier])
            part?.Dispose();
    }

    /// <returns><c>[positions, dim]</c></returns>
    private Tensor Positions(EncoderWeights weights)
    {
        var embedding = weights[$"{names.PositionEmbeddings}.weight"];
        // A text is one segment: all tokens have type 0.
        return names.TokenTypeEmbeddings is { } types ? embedding.add(weights[$"{types}.weight"][0]).to(targetDevice).DetachFromDisposeScope() : Shared(embedding);
    }

    private ScoringLayer Layer(EncoderWeights weights, int index, ScoringPrecision precision)
    {
        var layer = names.Layer(index);
        // The last layer computes only the first token of each row: few rows, and a different number in each batch.
        var last = index == Config.Layers - 1;
        IPackedLinear[] projections = last
            ? [Small(layer.Query), Large(layer.Key, layer.Value)]
            : [Large(layer.Query, layer.Key, layer.Value)];
        Func<string[], IPackedLinear> product = last ? Small : Large;
        return new ScoringLayer(
            projections, product([layer.Output]), Norm(weights, layer.Prefix + layer.AttentionNorm),
            new FeedForward(product([layer.Expand]), product([layer.Contract])), Norm(weights, layer.Prefix + layer.FeedForwardNorm), Config);

        IPackedLinear Large(params string[] parts) => Product(parts, (weight, bias) => OneDnnLinear.TryCreate(weight, bias));

        IPackedLinear Small(params string[] parts) => Product(parts, (_, _) => null);

        IPackedLinear Product(string[] parts, Func<Tensor, Tensor, IPackedLinear?> prepare)
        {
            // Frees the copies after each layer, so at most one layer's weights exist twice.
            using var scope = NewDisposeScope();
            var weight = cat([.. parts.Select(part => weights[$"{layer.Prefix}{part}.weight"])], 0).to(targetDevice);
            var bias = cat([.. parts.Select(part => weights[$"{layer.Prefix}{part}.bias"])], 0).to(targetDevice).DetachFromDisposeScope();
            return precision == ScoringPrecision.Int8
                ? new Int8Linear(weight, bias)
                : prepare(weight, bias) ?? new TorchLinear(weight.DetachFromDisposeScope(), bias);
        }
    }

    private ScoringNorm Norm(EncoderWeights weights, string name) =>
        new(Shared(weights[$"{name}.weight"]), Shared(weights[$"{name}.bias"]), Config.LayerNormEpsilon);

    private TorchLinear Plain(EncoderWeights weights, string name) => new(Shared(weights[$"{name}.weight"]), Shared(weights[$"{name}.bias"]));

    /// <returns>The parameter without gradient; shares memory if it is already on the device.</returns>
    private Tensor Shared(Tensor parameter) => parameter.detach().to(targetDevice).DetachFromDisposeScope();
}
