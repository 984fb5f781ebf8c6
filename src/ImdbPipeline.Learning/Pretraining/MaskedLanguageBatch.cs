using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Training;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Pretraining;

/// <summary>A batch of masked rows; the loss is the mean cross-entropy of the original tokens.</summary>
internal sealed class MaskedLanguageBatch(TrainableEncoder encoder, IReadOnlyList<MaskedRow> rows) : ITrainingBatch
{
    public double Weight { get; } = rows.Sum(row => row.Positions.Length);

    public long Tokens { get; } = rows.Sum(row => (long)row.TokenIds.Length);

    public Tensor Loss(double stepWeight)
    {
        using var scope = NewDisposeScope();
        var batch = TokenBatch.Of([.. rows.Select(row => row.TokenIds)], fractions: null, encoder.Device);
        var positions = rows.SelectMany((row, r) => row.Positions.Select(position => (long)batch.Offsets[r] + position)).ToArray();
        var hidden = encoder.EncodeTokens(batch, training: true).index_select(0, tensor(positions, device: encoder.Device));
        var targets = tensor(rows.SelectMany(row => row.Targets.Select(id => (long)id)).ToArray(), device: encoder.Device);
        return (nn.functional.cross_entropy(MaskedLanguageHead.Logits(encoder, hidden), targets, reduction: nn.Reduction.Sum) / stepWeight).MoveToOuterDisposeScope();
    }
}
