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
    public StepOutcome Take(IReadOnlyList<ITrainingBatch> batches, double learningRate, ulong dropoutSeed)
    {
        ArgumentNullException.ThrowIfNull(batches);
        manual_seed((long)dropoutSeed);
        // A task's head that none of the batches reaches must not move by an older step's gradient.
        foreach (var head in encoder.Weights.Specs.Where(spec => spec.Depth > encoder.Config.Layers))
            encoder.Weights[head.Name].grad = null;
        var weight = batches.Sum(batch => batch.Weight);
        double loss = 0;
        foreach (var batch in batches)
        {
            using var scope = NewDisposeScope();
            var batchLoss = batch.Loss(weight);
            batchLoss.backward();
            loss += batchLoss.ToDouble();
        }

        if (!double.IsFinite(loss))
            throw new ArithmeticException($"Training: expected a finite loss, found {loss} after {optimizer.Steps} steps. Lower learningRate or raise warmupSteps.");
        beforeUpdate?.Invoke(encoder.Weights);
        return new StepOutcome(loss, optimizer.Step(learningRate, maxGradNorm), batches.Sum(batch => batch.Tokens));
    }
}

/// <param name="Loss">Weighted mean over the step's examples.</param>
/// <param name="GradNorm">Before clipping.</param>
/// <param name="Tokens">Word pieces.</param>
public readonly record struct StepOutcome(double Loss, double GradNorm, long Tokens);
