using ImdbPipeline.Learning.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>One optimizer step: forward and backward over one or more batches, then AdamW.</summary>
public sealed class TrainingStep(TrainableEncoder encoder, AdamW optimizer, double maxGradNorm, Action<EncoderWeights>? beforeUpdate = null)
{
    /// <param name="batches">Gradients are accumulated as if this were a single batch.</param>
    /// <param name="dropoutSeed">Random seed for the dropout of this step.</param>
    /// <exception cref="ArithmeticException">The loss is infinite or NaN.</exception>
    public StepOutcome Take(IReadOnlyList<ITrainingBatch> batches, double learningRate, ulong dropoutSeed)
    {
        ArgumentNullException.ThrowIfNull(batches);
        encoder.Dropout = new DropoutMasks(dropoutSeed);
        // For a GPU, which draws its masks itself.
        manual_seed((long)dropoutSeed);
        // A head that none of the batches uses must not be updated with a stale gradient.
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

/// <param name="Loss">Weighted mean over the examples of the step.</param>
/// <param name="GradNorm">Gradient norm before clipping.</param>
/// <param name="Tokens">Number of tokens in the step.</param>
public readonly record struct StepOutcome(double Loss, double GradNorm, long Tokens);
