using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Training;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Pretraining;

/// <summary>Rows with masked word pieces; the loss is the cross-entropy of what was there, a mean over the masked pieces.</summary>
internal sealed class MaskedLanguageBatch(Encoder encoder, IReadOnlyList<MaskedRow> rows) : ITrainingBatch
{
    public double Weight { get; } = rows.Sum(row => row.Places.Length);

    public long Tokens { get; } = rows.Sum(row => (long)row.TokenIds.Length);

    public Tensor Loss(double stepWeight)
    {
        using var scope = NewDisposeScope();
        var batch = TokenBatch.Of([.. rows.Select(row => row.TokenIds)], fractions: null, encoder.Device);
        var places = rows.SelectMany((row, r) => row.Places.Select(place => (long)batch.Offsets[r] + place)).ToArray();
        var hidden = encoder.EncodeTokens(batch, training: true).index_select(0, tensor(places, device: encoder.Device));
        var truth = tensor(rows.SelectMany(row => row.Truth.Select(id => (long)id)).ToArray(), device: encoder.Device);
        return (nn.functional.cross_entropy(MaskedLanguageHead.Logits(encoder, hidden), truth, reduction: nn.Reduction.Sum) / stepWeight).MoveToOuterDisposeScope();
    }
}
