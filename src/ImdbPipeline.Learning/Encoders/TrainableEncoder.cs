using ImdbPipeline.Core.Runs;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>
/// DistilBERT (Sanh et al. 2019) and BERT (Devlin et al. 2018) for sequence classification: post-norm transformer
/// layers over word, position and (BERT) token-type embeddings, a dense layer on <c>[CLS]</c>, a linear classifier.
/// </summary>
public sealed class TrainableEncoder(EncoderWeights weights) : IDisposable
{
    private readonly ParameterNames names = ParameterNames.Of(weights.Config.Family);

    public EncoderConfig Config => weights.Config;

    public EncoderWeights Weights => weights;

    /// <summary>Only set during training; null uses the encoder's own attention.</summary>
    public IAttentionOverride? AttentionOverride { get; set; }

    /// <summary>
    /// Data type of the matrix products and attention. Weights, layer norms, residual sums and logits
    /// are always float32.
    /// </summary>
    public TrainingPrecision Precision { get; set; }

    public Device Device => weights[$"{names.WordEmbeddings}.weight"].device;

    /// <param name="batch">Rows of at most <see cref="EncoderConfig.MaxPositions"/> tokens.</param>
    /// <param name="training">Whether dropout applies.</param>
    /// <param name="classifier">The linear layer that computes the logits: the model's own, or that of an auxiliary task.</param>
    /// <returns>Logits, float32 <c>[texts, labels]</c>.</returns>
    public Tensor Forward(TokenBatch batch, bool training, string classifier = ParameterNames.Classifier) =>
        Classify(Encode(batch, training), training, classifier);

    /// <returns>The last layer's hidden state at <c>[CLS]</c>, <c>[texts, dim]</c>. The classifier reads no other position, so none is computed.</returns>
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

    /// <returns>The last layer's hidden states of all tokens, <c>[tokens, dim]</c> in batch order.</returns>
    public Tensor EncodeTokens(TokenBatch batch, bool training)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var scope = NewDisposeScope();
        var hidden = Embed(batch, training);
        for (var i = 0; i < Config.Layers; i++)
            hidden = Layer(hidden, hidden, batch, i, training);
        return hidden.MoveToOuterDisposeScope();
    }

    /// <param name="input"><c>[…, inputs]</c></param>
    /// <param name="name">Parameter name without <c>.weight</c> or <c>.bias</c>.</param>
    /// <returns><c>[…, outputs]</c></returns>
    public Tensor Dense(Tensor input, string name) =>
        linear(ToComputeType(input), ToComputeType(weights[$"{name}.weight"]), ToComputeType(weights[$"{name}.bias"]));

    /// <returns>float32, same shape as the input.</returns>
    public Tensor Norm(Tensor input, string name) =>
        layer_norm(input, [Config.Dim], weights[$"{name}.weight"], weights[$"{name}.bias"], Config.LayerNormEpsilon);

    /// <summary>Casts to the data type of the matrix products.</summary>
    public Tensor ToComputeType(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Precision == TrainingPrecision.Bf16 ? value.to(ScalarType.BFloat16) : value;
    }

    public void Dispose() => weights.Dispose();

    private Tensor Classify(Tensor cls, bool training, string classifier)
    {
        using var scope = NewDisposeScope();
        var pooled = Dense(cls, names.Pooler);
        pooled = Config.Family == EncoderFamily.Bert ? pooled.tanh() : relu(pooled);
        return Dense(dropout(pooled, Config.ClassifierDropout, training), classifier).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <returns>The <c>[CLS]</c> vectors of each text's fractions pooled into one, <c>[texts, dim]</c>.</returns>
    private Tensor Pool(Tensor cls, TokenBatch batch) =>
        batch.RowsPerText is { } rows ? FractionPool.Of(Config.Fractions!, weights.Find(FractionPool.Query), cls, rows) : cls;

    private Tensor Embed(TokenBatch batch, bool training)
    {
        using var scope = NewDisposeScope();
        var embedded = weights[$"{names.WordEmbeddings}.weight"].index_select(0, batch.Ids)
            + weights[$"{names.PositionEmbeddings}.weight"].index_select(0, batch.Positions);
        // A text is one segment: all tokens have type 0.
        if (names.TokenTypeEmbeddings is { } tokenTypes)
            embedded = embedded + weights[$"{tokenTypes}.weight"][0];
        return dropout(Norm(embedded, names.EmbeddingNorm), Config.Dropout, training).MoveToOuterDisposeScope();
    }

    /// <summary>One transformer layer. Its scope frees intermediate tensors early; autograd keeps those it needs.</summary>
    /// <param name="queries"><paramref name="hidden"/> itself, or <c>[rows, dim]</c> with only the first token of each row.</param>
    /// <param name="hidden"><c>[tokens, dim]</c></param>
    /// <returns>Same shape as <paramref name="queries"/>.</returns>
    private Tensor Layer(Tensor queries, Tensor hidden, TokenBatch batch, int index, bool training)
    {
        using var scope = NewDisposeScope();
        var layer = names.Layer(index);
        var attended = AttentionOverride?.Covers(index) == true
            ? Dense(Gather(queries, hidden, batch, index), layer.Prefix + layer.Output)
            : Attention(queries, hidden, batch, layer, training);
        var output = Norm(attended + queries, layer.Prefix + layer.AttentionNorm);
        var fed = Dense(gelu(Dense(output, layer.Prefix + layer.Expand)), layer.Prefix + layer.Contract);
        return Norm(dropout(fed, Config.Dropout, training) + output, layer.Prefix + layer.FeedForwardNorm).MoveToOuterDisposeScope();
    }

    private Tensor Gather(Tensor queries, Tensor hidden, TokenBatch batch, int index)
    {
        var layer = names.Layer(index);
        var gathered = AttentionOverride!.Gather(Dense(hidden, layer.Prefix + layer.Value), batch, index);
        return queries.shape[0] == hidden.shape[0] ? gathered : gathered.index_select(0, batch.Starts);
    }

    private Tensor Attention(Tensor queries, Tensor hidden, TokenBatch batch, LayerNames layer, bool training)
    {
        var context = PackedAttention.Of(
            Dense(queries, layer.Prefix + layer.Query), Dense(hidden, layer.Prefix + layer.Key), Dense(hidden, layer.Prefix + layer.Value),
            batch, Config.Heads, training ? Config.AttentionDropout : 0);
        var output = Dense(context, layer.Prefix + layer.Output);
        // BERT applies dropout here, DistilBERT does not.
        return Config.Family == EncoderFamily.Bert ? dropout(output, Config.Dropout, training) : output;
    }
}
