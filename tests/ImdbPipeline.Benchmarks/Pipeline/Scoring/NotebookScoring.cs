using ImdbPipeline.Learning.Encoders;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace ImdbPipeline.Benchmarks.Pipeline.Scoring;

/// <summary>The notebook's way: batches of 32 in input order, padded to 512, attention written out with a mask.</summary>
internal static class NotebookScoring
{
    private const int BatchSize = 32, Length = 512;

    /// <returns><c>[reviews][labels]</c></returns>
    public static float[][] Logits(Encoder encoder, IReadOnlyList<int[]> rows)
    {
        using var inference = inference_mode();
        return [.. rows.Chunk(BatchSize).SelectMany(batch => Forward(encoder, batch))];
    }

    private static float[][] Forward(Encoder encoder, int[][] batch)
    {
        using var scope = NewDisposeScope();
        var ids = new long[batch.Length * Length];
        var padding = new bool[batch.Length * Length];
        for (var row = 0; row < batch.Length; row++)
            for (var i = 0; i < Length; i++)
                (ids[row * Length + i], padding[row * Length + i]) = i < batch[row].Length ? (batch[row][i], false) : (0, true);
        var mask = tensor(padding).view(batch.Length, 1, 1, Length);
        var hidden = Embed(encoder, tensor(ids).view(batch.Length, Length));
        for (var i = 0; i < encoder.Config.Layers; i++)
            hidden = Layer(encoder, hidden, mask, ParameterNames.Of(encoder.Config.Family).Layer(i));
        var pooled = relu(encoder.Dense(hidden[.., 0], "pre_classifier"));
        return [.. encoder.Dense(pooled, ParameterNames.Classifier).data<float>().ToArray().Chunk(encoder.Config.Labels.Count)];
    }

    private static Tensor Embed(Encoder encoder, Tensor ids)
    {
        var names = ParameterNames.Of(encoder.Config.Family);
        var words = encoder.Weights[$"{names.WordEmbeddings}.weight"].index_select(0, ids.flatten()).view(ids.shape[0], Length, -1);
        return encoder.Norm(words + encoder.Weights[$"{names.PositionEmbeddings}.weight"][..Length], names.EmbeddingNorm);
    }

    /// <param name="hidden"><c>[reviews, length, dim]</c></param>
    /// <param name="mask">True where there is padding, <c>[reviews, 1, 1, length]</c>.</param>
    private static Tensor Layer(Encoder encoder, Tensor hidden, Tensor mask, LayerNames layer)
    {
        using var scope = NewDisposeScope();
        var (heads, size) = (encoder.Config.Heads, encoder.Config.Dim / encoder.Config.Heads);
        var (q, k, v) = (Heads(layer.Query), Heads(layer.Key), Heads(layer.Value));
        var scores = q.div(Math.Sqrt(size)).matmul(k.transpose(2, 3)).masked_fill(mask, float.MinValue);
        var context = scores.softmax(-1).matmul(v).transpose(1, 2).reshape(hidden.shape);
        var attended = encoder.Norm(encoder.Dense(context, layer.Prefix + layer.Output) + hidden, layer.Prefix + layer.AttentionNorm);
        var fed = encoder.Dense(gelu(encoder.Dense(attended, layer.Prefix + layer.Expand)), layer.Prefix + layer.Contract);
        return encoder.Norm(fed + attended, layer.Prefix + layer.FeedForwardNorm).MoveToOuterDisposeScope();

        Tensor Heads(string name) => encoder.Dense(hidden, layer.Prefix + name).view(hidden.shape[0], Length, heads, size).transpose(1, 2);
    }
}
