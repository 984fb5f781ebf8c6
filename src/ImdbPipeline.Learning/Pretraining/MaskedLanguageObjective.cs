using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Foundation;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.Pretraining;

/// <summary>Masked language modelling: predicts masked tokens from their context.</summary>
/// <param name="rows">Token IDs with <c>[CLS]</c> and <c>[SEP]</c>.</param>
internal sealed class MaskedLanguageObjective(TrainableEncoder encoder, IReadOnlyList<int[]> rows, TokenMasking masking) : IObjective
{
    private readonly int[] lengths = [.. rows.Select(row => row.Length)];

    public int[][] Batches(int batchSize, int seed, int epoch) => BatchOrder.Of(lengths, batchSize, seed, epoch);

    public ITrainingBatch Gather(int[] examples, int seed, int epoch) =>
        new MaskedLanguageBatch(encoder, [.. examples.Select(i => masking.Apply(rows[i], Seeds.Random(seed, $"mask {epoch}", i)))]);
}
