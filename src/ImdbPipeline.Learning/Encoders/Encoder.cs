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

    public Device Device => weights[$"{names.WordEmbeddings}.weight"].device;

    /// <param name="batch"><c>[batch, length]</c>, at most <see cref="EncoderConfig.MaxPositions"/> long.</param>
    /// <param name="training">Whether dropout applies.</param>
    /// <returns>Logits <c>[batch, labels]</c>.</returns>
    public Tensor Forward(TokenBatch batch, bool training) => Classify(Encode(batch, training), training);

    /// <returns>The last layer's <c>[CLS]</c> <c>[batch, dim]</c>: no other position reaches the classifier, so no other is computed.</returns>
    public Tensor Encode(TokenBatch batch, bool training)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var scope = NewDisposeScope();
        var hidden = Embed(batch.Ids, training);
        for (var i = 0; i < Config.Layers; i++)
            hidden = Layer(hidden, batch.Attend, i, training);
        return hidden.squeeze(1).MoveToOuterDisposeScope();
    }

    public void Dispose() => weights.Dispose();

    private Tensor Classify(Tensor cls, bool training)
    {
        using var scope = NewDisposeScope();
        var pooled = Dense(cls, names.Pooler);
        pooled = Config.Family == EncoderFamily.Bert ? pooled.tanh() : relu(pooled);
        return Dense(dropout(pooled, Config.ClassifierDropout, training), ParameterNames.Classifier).MoveToOuterDisposeScope();
    }

    private Tensor Embed(Tensor ids, bool training)
    {
        using var scope = NewDisposeScope();
        var words = weights[$"{names.WordEmbeddings}.weight"].index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], Config.Dim);
        var embedded = words + weights[$"{names.PositionEmbeddings}.weight"].narrow(0, 0, ids.shape[1]);
        // A review is one segment: every token is of type 0.
        if (names.TokenTypeEmbeddings is { } tokenTypes)
            embedded = embedded + weights[$"{tokenTypes}.weight"][0];
        return dropout(Norm(embedded, names.EmbeddingNorm), Config.Dropout, training).MoveToOuterDisposeScope();
    }

    /// <summary>One layer; its scope frees the layer's own tensors as soon as nothing but the gradient needs them.</summary>
    private Tensor Layer(Tensor hidden, Tensor? attend, int index, bool training)
    {
        using var scope = NewDisposeScope();
        var layer = names.Layer(index);
        var queries = index == Config.Layers - 1 ? hidden.narrow(1, 0, 1) : hidden;
        var attended = AttentionOverride?.Covers(index) == true
            ? Dense(AttentionOverride.Gather(Dense(hidden, layer.Prefix + layer.Value), index), layer.Prefix + layer.Output)
            : Attention(queries, hidden, attend, layer, training);
        var output = Norm(attended + queries, layer.Prefix + layer.AttentionNorm);
        var fed = Dense(gelu(Dense(output, layer.Prefix + layer.Expand)), layer.Prefix + layer.Contract);
        return Norm(dropout(fed, Config.Dropout, training) + output, layer.Prefix + layer.FeedForwardNorm).MoveToOuterDisposeScope();
    }

    private Tensor Attention(Tensor queries, Tensor hidden, Tensor? attend, LayerNames layer, bool training)
    {
        var context = scaled_dot_product_attention(
            Heads(Dense(queries, layer.Prefix + layer.Query)),
            Heads(Dense(hidden, layer.Prefix + layer.Key)),
            Heads(Dense(hidden, layer.Prefix + layer.Value)),
            attend, training ? Config.AttentionDropout : 0);
        var joined = context.transpose(1, 2).reshape(queries.shape[0], queries.shape[1], Config.Dim);
        var output = Dense(joined, layer.Prefix + layer.Output);
        // BERT drops here, DistilBERT does not.
        return Config.Family == EncoderFamily.Bert ? dropout(output, Config.Dropout, training) : output;
    }

    /// <returns><c>[batch, heads, length, dim / heads]</c></returns>
    private Tensor Heads(Tensor projected) =>
        projected.view(projected.shape[0], projected.shape[1], Config.Heads, Config.Dim / Config.Heads).transpose(1, 2);

    private Tensor Dense(Tensor input, string name) => linear(input, weights[$"{name}.weight"], weights[$"{name}.bias"]);

    private Tensor Norm(Tensor input, string name) =>
        layer_norm(input, [Config.Dim], weights[$"{name}.weight"], weights[$"{name}.bias"], Config.LayerNormEpsilon);
}
