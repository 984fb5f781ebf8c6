using Microsoft.ML.OnnxRuntime;

namespace ImdbPipeline.Benchmarks.Pipeline.Scoring;

/// <summary>Scores with ONNX Runtime, also without padding and masks: each batch has reviews of one length.</summary>
internal sealed class OnnxScoring : IDisposable
{
    private const int MaxTokens = 4096;

    private readonly InferenceSession session;

    public OnnxScoring(byte[] model)
    {
        using var options = new SessionOptions { IntraOpNumThreads = Environment.ProcessorCount, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        session = new InferenceSession(model, options);
    }

    /// <returns><c>[reviews][labels]</c></returns>
    public float[][] Logits(IReadOnlyList<int[]> rows)
    {
        var logits = new float[rows.Count][];
        foreach (var group in Enumerable.Range(0, rows.Count).GroupBy(i => rows[i].Length))
            foreach (var batch in group.Chunk(Math.Max(1, MaxTokens / group.Key)))
                Forward(rows, batch, group.Key, logits);
        return logits;
    }

    public void Dispose() => session.Dispose();

    private void Forward(IReadOnlyList<int[]> rows, int[] batch, int length, float[][] logits)
    {
        using var ids = OrtValue.CreateTensorValueFromMemory([.. batch.SelectMany(i => rows[i]).Select(id => (long)id)], [batch.Length, length]);
        using var positions = OrtValue.CreateTensorValueFromMemory([.. Enumerable.Range(0, length).Select(i => (long)i)], [length]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, ["ids", "positions"], [ids, positions], ["logits"]);
        var values = outputs[0].GetTensorDataAsSpan<float>();
        var labels = values.Length / batch.Length;
        for (var i = 0; i < batch.Length; i++)
            logits[batch[i]] = values.Slice(i * labels, labels).ToArray();
    }
}
