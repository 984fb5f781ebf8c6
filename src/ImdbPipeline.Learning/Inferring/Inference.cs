using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Foundation;
using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>Computes the logits of many texts: sorts them by length, packs batches up to a token budget, returns input order.</summary>
public static class Inference
{
    /// <summary>Token budget per batch: on a CPU a layer's tensors should fit in the cache, a GPU needs large batches.</summary>
    private const int TokensPerBatch = 1024, TokensPerGpuBatch = 16384;

    /// <summary>Batch sizes are multiples of this: each new size costs oneDNN milliseconds to prepare and megabytes to keep.</summary>
    private const int TokensPerSize = 64;

    private const int BatchesPerCollection = 64;

    /// <summary>Prepares an encoder for scoring: no gradients, weights laid out for repeated products.</summary>
    /// <param name="weights">May be disposed or trained further afterwards: the encoder keeps the tensors it needs.</param>
    /// <param name="precision">Not <see cref="ScoringPrecision.Auto"/>.</param>
    public static Encoder Prepare(EncoderWeights weights, ScoringPrecision precision = ScoringPrecision.Fp32)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new Encoder(weights.Config, new PreparedKernels(weights, precision));
    }

    /// <param name="rows">Token ids including <c>[CLS]</c> and <c>[SEP]</c>; at most the model's maximum length.</param>
    /// <param name="maxRows">Maximum number of rows per batch.</param>
    /// <param name="progress">Receives the number of rows completed since the last call.</param>
    /// <param name="classifier">The linear layer that computes the logits.</param>
    /// <returns><c>[rows][labels]</c></returns>
    public static float[][] Logits(Encoder encoder, IReadOnlyList<int[]> rows, int maxRows, IProgress<int>? progress, CancellationToken cancellationToken,
        string classifier = ParameterNames.Classifier)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(rows);
        var logits = new float[rows.Count][];
        // Longest first: memory use peaks at the start, and the last batches are the quickest.
        var order = Enumerable.Range(0, rows.Count).OrderByDescending(i => rows[i].Length).ToArray();
        var budget = encoder.Device.type == DeviceType.CPU ? TokensPerBatch : TokensPerGpuBatch;
        using var inference = inference_mode();
        for (int at = 0, batches = 0; at < order.Length; batches++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var take = Take(rows, order.AsSpan(at, Math.Min(maxRows, order.Length - at)), budget);
            Forward(encoder, rows, order.AsSpan(at, take), classifier, logits);
            progress?.Report(take);
            at += take;
            if (batches % BatchesPerCollection == BatchesPerCollection - 1)
                NativeMemory.Collect();
        }

        return logits;
    }

    /// <returns>How many rows fit into the token budget; at least 1.</returns>
    private static int Take(IReadOnlyList<int[]> rows, ReadOnlySpan<int> candidates, int budget)
    {
        var (take, tokens) = (0, 0);
        while (take < candidates.Length && (tokens += rows[candidates[take]].Length) <= budget)
            take++;
        return Math.Max(1, take);
    }

    private static void Forward(Encoder encoder, IReadOnlyList<int[]> rows, ReadOnlySpan<int> indices, string classifier, float[][] logits)
    {
        using var scope = NewDisposeScope();
        var batch = new int[indices.Length][];
        for (var i = 0; i < batch.Length; i++)
            batch[i] = rows[indices[i]];
        var output = encoder.Forward(TokenBatch.Of(batch, encoder.Config.Fractions, encoder.Device, TokensPerSize), training: false, classifier).cpu().contiguous();
        var labels = (int)output.shape[1];
        var values = output.data<float>().ToArray();
        for (var i = 0; i < batch.Length; i++)
            logits[indices[i]] = values[(i * labels)..((i + 1) * labels)];
    }
}
