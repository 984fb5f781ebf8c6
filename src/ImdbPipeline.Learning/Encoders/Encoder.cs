using ImdbPipeline.Core.Runs;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>
/// DistilBERT (Sanh et al. 2019) and BERT (Devlin et al. 2018) for sequence classification: post-norm transformer
/// layers over word, position and (BERT) token-type embeddings, a dense layer on <c>[CLS]</c>, a linear classifier.
/// </summary>
public sealed class Encoder(EncoderWeights weights) : IDisposable
{
    private readonly ParameterNames names = ParameterNames.Of(weights.Config.Family);

    public EncoderConfig Config => weights.Config;

    public EncoderWeights Weights => weights;

    /// <summary>Set while training only; null for the plain encoder.</summary>
    public IAttentionOverride? AttentionOverride { get; set; }

    /// <summary>
    /// In what the matrix products and attention are computed. The weights stay in float32, and so do the norms, the sums
    /// of residuals and the logits, whichever it is.
    /// </summary>
    public Precision Precision { get; set; }

    public Device Device => weights[$"{names.WordEmbeddings}.weight"].device;

    /// <param name="batch">Rows of at most <see cref="EncoderConfig.MaxPositions"/> tokens.</param>
    /// <param name="training">Whether dropout applies.</param>
    /// <param name="classifier">Which linear layer gives the logits: the model's own, or that of another task learnt beside it.</param>
    /// <returns>Logits, float32 <c>[reviews, labels]</c>.</returns>
    public Tensor Forward(TokenBatch batch, bool training, string classifier = ParameterNames.Classifier) =>
        Classify(Encode(batch, training), training, classifier);

    /// <returns>The last layer's <c>[CLS]</c>, <c>[reviews, dim]</c>: no other position reaches the classifier, so no other is computed.</returns>
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

    /// <returns>The last layer at every token, <c>[tokens, dim]</c> in the batch's own order.</returns>
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
    /// <param name="name">Of the parameters, without <c>.weight</c> and <c>.bias</c>.</param>
    /// <returns><c>[…, outputs]</c></returns>
    public Tensor Dense(Tensor input, string name) => linear(Computed(input), Computed(weights[$"{name}.weight"]), Computed(weights[$"{name}.bias"]));

    /// <returns>float32, of the input's shape.</returns>
    public Tensor Norm(Tensor input, string name) =>
        layer_norm(input, [Config.Dim], weights[$"{name}.weight"], weights[$"{name}.bias"], Config.LayerNormEpsilon);

    /// <summary>Casts to what matrix products are computed in.</summary>
    public Tensor Computed(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Precision == Precision.Bf16 ? value.to(ScalarType.BFloat16) : value;
    }

    public void Dispose() => weights.Dispose();

    private Tensor Classify(Tensor cls, bool training, string classifier)
    {
        using var scope = NewDisposeScope();
        var pooled = Dense(cls, names.Pooler);
        pooled = Config.Family == EncoderFamily.Bert ? pooled.tanh() : relu(pooled);
        return Dense(dropout(pooled, Config.ClassifierDropout, training), classifier).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <returns>Of each review, what its fractions' <c>[CLS]</c> say together, <c>[reviews, dim]</c>.</returns>
    private Tensor Pool(Tensor cls, TokenBatch batch) =>
        batch.RowsPerReview is { } rows ? FractionPool.Of(Config.Fractions!, weights.Find(FractionPool.Query), cls, rows) : cls;

    private Tensor Embed(TokenBatch batch, bool training)
    {
        using var scope = NewDisposeScope();
        var embedded = weights[$"{names.WordEmbeddings}.weight"].index_select(0, batch.Ids)
            + weights[$"{names.PositionEmbeddings}.weight"].index_select(0, batch.Positions);
        // A review is one segment: every token is of type 0.
        if (names.TokenTypeEmbeddings is { } tokenTypes)
            embedded = embedded + weights[$"{tokenTypes}.weight"][0];
        return dropout(Norm(embedded, names.EmbeddingNorm), Config.Dropout, training).MoveToOuterDisposeScope();
    }

    /// <summary>One layer; its scope frees the layer's own tensors as soon as nothing but the gradient needs them.</summary>
    /// <param name="queries"><c>[tokens, dim]</c>: <paramref name="hidden"/> itself, or <c>[rows, dim]</c>: only each row's first token.</param>
    /// <param name="hidden"><c>[tokens, dim]</c></param>
    /// <returns>As <paramref name="queries"/>.</returns>
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
        // BERT drops here, DistilBERT does not.
        return Config.Family == EncoderFamily.Bert ? dropout(output, Config.Dropout, training) : output;
    }
}
