using ImdbPipeline.Learning.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>One optimizer step: forward and backward over one or several batches, then AdamW.</summary>
public sealed class TrainingStep(Encoder encoder, AdamW optimizer, double maxGradNorm, Action<EncoderWeights>? beforeUpdate = null)
{
    /// <param name="batches">Their gradients are accumulated as if they were one batch: each example weighs the same whatever its batch.</param>
    /// <param name="dropoutSeed">The dropout of this step depends on it alone.</param>
    /// <exception cref="ArithmeticException">The loss is no number any more.</exception>
    public StepOutcome Take(IReadOnlyList<TrainingExample[]> batches, double learningRate, ulong dropoutSeed)
    {
        ArgumentNullException.ThrowIfNull(batches);
        manual_seed((long)dropoutSeed);
        var weight = batches.Sum(batch => batch.Sum(example => (double)example.Weight));
        double loss = 0;
        long tokens = 0;
        foreach (var batch in batches)
        {
            using var scope = NewDisposeScope();
            var batchLoss = Loss(batch, weight);
            batchLoss.backward();
            loss += batchLoss.ToDouble();
            tokens += batch.Sum(example => (long)example.TokenIds.Length);
        }

        if (!double.IsFinite(loss))
            throw new ArithmeticException($"Training: expected a finite loss, found {loss} after {optimizer.Steps} steps. Lower learningRate or raise warmupSteps.");
        beforeUpdate?.Invoke(encoder.Weights);
        return new StepOutcome(loss, optimizer.Step(learningRate, maxGradNorm), tokens);
    }

    /// <returns>The batch's share of the step's weighted mean cross-entropy.</returns>
    private Tensor Loss(TrainingExample[] batch, double totalWeight)
    {
        var device = encoder.Device;
        var rows = TokenBatch.Of([.. batch.Select(example => example.TokenIds)], encoder.Config.PadTokenId, device);
        var targets = tensor(batch.SelectMany(example => example.Target).ToArray(), [batch.Length, encoder.Config.Labels.Count], device: device);
        var weights = tensor(batch.Select(example => (float)(example.Weight / totalWeight)).ToArray(), device: device);
        var logProbabilities = nn.functional.log_softmax(encoder.Forward(rows, training: true), 1);
        return -((targets * logProbabilities).sum(1) * weights).sum();
    }
}

/// <param name="Loss">Weighted mean over the step's examples.</param>
/// <param name="GradNorm">Before clipping.</param>
/// <param name="Tokens">Word pieces without padding.</param>
public readonly record struct StepOutcome(double Loss, double GradNorm, long Tokens);
