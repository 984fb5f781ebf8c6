using ImdbPipeline.Learning.Encoders;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>The notebook method: batches in input order, padded to 512, with explicit masked attention.</summary>
internal static class NotebookEncoder
{
    private const int ScoringBatch = 32, Length = 512;

    /// <returns><c>[reviews][labels]</c></returns>
    public static float[][] Logits(TrainableEncoder encoder, IReadOnlyList<int[]> rows)
    {
        using var inference = inference_mode();
        return [.. rows.Chunk(ScoringBatch).SelectMany(batch => Score(encoder, batch))];
    }

    /// <param name="dropout">Whether to apply dropout.</param>
    /// <returns>Logits, <c>[reviews, labels]</c>.</returns>
    public static Tensor Forward(TrainableEncoder encoder, int[][] batch, bool dropout)
    {
        using var scope = NewDisposeScope();
        var ids = new long[batch.Length * Length];
        var padding = new bool[batch.Length * Length];
        for (var row = 0; row < batch.Length; row++)
            for (var i = 0; i < Length; i++)
                (ids[row * Length + i], padding[row * Length + i]) = i < batch[row].Length ? (batch[row][i], false) : (0, true);
        var mask = tensor(padding).view(batch.Length, 1, 1, Length);
        var hidden = Embed(encoder, tensor(ids).view(batch.Length, Length), dropout);
        for (var i = 0; i < encoder.Config.Layers; i++)
            hidden = Layer(encoder, hidden, mask, ParameterNames.Of(encoder.Config.Family).Layer(i), dropout);
        var pooled = nn.functional.dropout(relu(encoder.Dense(hidden[.., 0], "pre_classifier")), encoder.Config.ClassifierDropout, dropout);
        return encoder.Dense(pooled, ParameterNames.Classifier).MoveToOuterDisposeScope();
    }

    private static float[][] Score(TrainableEncoder encoder, int[][] batch)
    {
        using var scope = NewDisposeScope();
        return [.. Forward(encoder, batch, dropout: false).data<float>().ToArray().Chunk(encoder.Config.Labels.Count)];
    }

    private static Tensor Embed(TrainableEncoder encoder, Tensor ids, bool dropout)
    {
        var names = ParameterNames.Of(encoder.Config.Family);
        var words = encoder.Weights[$"{names.WordEmbeddings}.weight"].index_select(0, ids.flatten()).view(ids.shape[0], Length, -1);
        var embedded = encoder.Norm(words + encoder.Weights[$"{names.PositionEmbeddings}.weight"][..Length], names.EmbeddingNorm);
        return nn.functional.dropout(embedded, encoder.Config.Dropout, dropout);
    }

    /// <param name="hidden"><c>[reviews, length, dim]</c></param>
    /// <param name="mask">True at padding, <c>[reviews, 1, 1, length]</c>.</param>
    private static Tensor Layer(TrainableEncoder encoder, Tensor hidden, Tensor mask, LayerNames layer, bool dropout)
    {
        using var scope = NewDisposeScope();
        var (heads, size) = (encoder.Config.Heads, encoder.Config.Dim / encoder.Config.Heads);
        var (q, k, v) = (Heads(layer.Query), Heads(layer.Key), Heads(layer.Value));
        var scores = q.div(Math.Sqrt(size)).matmul(k.transpose(2, 3)).masked_fill(mask, float.MinValue);
        var weights = nn.functional.dropout(scores.softmax(-1), encoder.Config.AttentionDropout, dropout);
        var context = weights.matmul(v).transpose(1, 2).reshape(hidden.shape);
        var attended = encoder.Norm(encoder.Dense(context, layer.Prefix + layer.Output) + hidden, layer.Prefix + layer.AttentionNorm);
        var fed = encoder.Dense(gelu(encoder.Dense(attended, layer.Prefix + layer.Expand)), layer.Prefix + layer.Contract);
        return encoder.Norm(nn.functional.dropout(fed, encoder.Config.Dropout, dropout) + attended, layer.Prefix + layer.FeedForwardNorm).MoveToOuterDisposeScope();

        Tensor Heads(string name) => encoder.Dense(hidden, layer.Prefix + name).view(hidden.shape[0], Length, heads, size).transpose(1, 2);
    }
}
