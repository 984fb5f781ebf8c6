using ImdbPipeline.Core.Runs;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>
/// DistilBERT (Sanh et al. 2019) and BERT (Devlin et al. 2018) for sequence classification: post-norm transformer
/// layers over word, position and (BERT) token-type embeddings, a dense layer on <c>[CLS]</c>, a linear classifier.
/// </summary>
public class Encoder : IDisposable
{
    private readonly ParameterNames names;
    private readonly IEncoderKernels kernels;

    internal Encoder(EncoderConfig config, IEncoderKernels kernels)
    {
        (Config, this.kernels) = (config, kernels);
        names = ParameterNames.Of(config.Family);
    }

    public EncoderConfig Config { get; }

    public Device Device => kernels.Device;

    /// <summary>Null if the encoder cannot be trained.</summary>
    private protected virtual DropoutMasks? Masks => null;

    /// <param name="batch">Rows of at most <see cref="EncoderConfig.MaxPositions"/> tokens.</param>
    /// <param name="training">Whether dropout applies.</param>
    /// <param name="classifier">The linear layer that produces the logits: the model's own or an auxiliary task's.</param>
    /// <returns>Logits, float32 <c>[texts, labels]</c>.</returns>
    public Tensor Forward(TokenBatch batch, bool training, string classifier = ParameterNames.Classifier) =>
        Classify(Encode(batch, training), training, classifier);

    /// <returns>The last layer's <c>[CLS]</c>, <c>[texts, dim]</c>. The classifier reads no other position, so no other is computed.</returns>
    public Tensor Encode(TokenBatch batch, bool training)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var scope = NewDisposeScope();
        var hidden = Embed(batch, training);
        for (var i = 0; i < Config.Layers - 1; i++)
            hidden = Layer(hidden, hidden, batch, i, training);
        var first = Layer(hidden.index_select(0, batch.Starts), hidden, batch, Config.Layers - 1, training);
        return Pool(first.index_select(0, batch.Ranks), batch).MoveToOuterDisposeScope();
    }

    /// <returns>The last layer at every token, <c>[tokens, dim]</c> in the batch's order.</returns>
    public Tensor EncodeTokens(TokenBatch batch, bool training)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var scope = NewDisposeScope();
        var hidden = Embed(batch, training);
        for (var i = 0; i < Config.Layers; i++)
            hidden = Layer(hidden, hidden, batch, i, training);
        return hidden.MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="IEncoderKernels.Dense"/>
    public Tensor Dense(Tensor input, string name) => kernels.Dense(input, name);

    /// <inheritdoc cref="IEncoderKernels.Norm"/>
    public Tensor Norm(Tensor input, string name) => kernels.Norm(input, name);

    public void Dispose()
    {
        kernels.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Attention and its output layer.</summary>
    /// <param name="queries"><c>[tokens, dim]</c>: <paramref name="hidden"/> itself, or <c>[rows, dim]</c> for each row's first token only.</param>
    /// <param name="hidden"><c>[tokens, dim]</c></param>
    /// <returns>Shaped like <paramref name="queries"/>.</returns>
    private protected virtual Tensor Attend(Tensor queries, Tensor hidden, TokenBatch batch, int index, bool training)
    {
        var layer = names.Layer(index);
        var (q, k, v) = kernels.Project(queries, hidden, layer);
        var output = Dense(PackedAttention.Of(q, k, v, batch, Config.Heads, training ? Masks : null, Config.AttentionDropout), layer.Prefix + layer.Output);
        // BERT has dropout here, DistilBERT does not.
        return Config.Family == EncoderFamily.Bert ? Drop(output, Config.Dropout, training) : output;
    }

    private Tensor Classify(Tensor cls, bool training, string classifier)
    {
        using var scope = NewDisposeScope();
        var pooled = Dense(cls, names.Pooler);
        pooled = Config.Family == EncoderFamily.Bert ? pooled.tanh() : relu(pooled);
        return Dense(Drop(pooled, Config.ClassifierDropout, training), classifier).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <returns>One vector per text, pooled over its fractions, <c>[texts, dim]</c>.</returns>
    private Tensor Pool(Tensor cls, TokenBatch batch) => batch.RowsPerText is { } rows
        ? FractionPool.Of(Config.Fractions!, Config.Fractions!.Pooling == FractionPooling.Attention ? kernels[FractionPool.Query] : null, cls, rows)
        : cls;

    private Tensor Embed(TokenBatch batch, bool training)
    {
        using var scope = NewDisposeScope();
        var embedded = kernels.Add(
            kernels[$"{names.WordEmbeddings}.weight"].index_select(0, batch.Ids), kernels[$"{names.PositionEmbeddings}.weight"].index_select(0, batch.Positions));
        // A text is one segment: every token has type 0.
        if (names.TokenTypeEmbeddings is { } tokenTypes)
            embedded = kernels.Add(embedded, kernels[$"{tokenTypes}.weight"][0]);
        return Drop(Norm(embedded, names.EmbeddingNorm), Config.Dropout, training).MoveToOuterDisposeScope();
    }

    /// <summary>One layer; its scope frees the layer's own tensors as soon as only the gradient needs them.</summary>
    /// <inheritdoc cref="Attend"/>
    private Tensor Layer(Tensor queries, Tensor hidden, TokenBatch batch, int index, bool training)
    {
        using var scope = NewDisposeScope();
        var layer = names.Layer(index);
        var attended = Norm(kernels.Add(Attend(queries, hidden, batch, index, training), queries), layer.Prefix + layer.AttentionNorm);
        var fed = Drop(kernels.FeedForward(attended, layer), Config.Dropout, training);
        return Norm(kernels.Add(fed, attended), layer.Prefix + layer.FeedForwardNorm).MoveToOuterDisposeScope();
    }

    private Tensor Drop(Tensor value, double probability, bool training) => training && Masks is { } masks ? masks.Apply(value, probability) : value;
}
