using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Training;
using ImdbPipeline.Testing;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Training;

[Collection(TorchRandomState.Name)]
public sealed class TrainingLoopTests
{
    private static readonly Recipe recipe = new() { Epochs = 3, BatchSize = 8, LearningRate = 5e-3, WarmupSteps = 5, LoggingSteps = 10 };

    [Fact]
    public void A_small_task_is_learnt()
    {
        using var encoder = NanoEncoder.Create();
        var heldOut = NanoEncoder.Task(100, seed: 2);

        new TrainingLoop(encoder, recipe, TrainingMethod.FineTuning, TimeProvider.System).Run(Labels(encoder, NanoEncoder.Task(300, seed: 1)), LabelledTokens.None, new TrainingCheckpoints(store: null, ""), null, CancellationToken.None);

        var split = new LabelledTokens([.. heldOut.Select(e => e.TokenIds)], [.. heldOut.Select(e => Array.IndexOf(e.Target, 1f))], []);
        var evaluation = new Evaluator(encoder, recipe, TimeProvider.System, progress: null).Run(split, TrainingPhase.Evaluating, CancellationToken.None)!;
        Assert.True(evaluation.Accuracy > 0.95, $"accuracy {evaluation.Accuracy}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_model_bit_for_bit()
    {
        var first = Train(recipe);
        var again = Train(recipe);
        var other = Train(recipe with { Seed = 43 });

        Assert.Equal(first.Weights, again.Weights);
        Assert.Equal(first.Losses, again.Losses);
        Assert.NotEqual(first.Weights, other.Weights);
    }

    [Fact]
    public void Gradient_accumulation_is_equivalent_to_one_large_batch()
    {
        var examples = NanoEncoder.Task(12, seed: 3);
        using var large = NanoEncoder.Create(dropout: 0);
        using var parts = NanoEncoder.Create(dropout: 0);

        var one = Step(large, [examples]);
        var many = Step(parts, [examples[..5], examples[5..10], examples[10..]]);

        Assert.Equal(one.Loss, many.Loss, 1e-6);
        Assert.Equal(one.GradNorm, many.GradNorm, 1e-6);
        // Attention does not depend on the key bias, so its gradient is rounding noise, which AdamW amplifies.
        foreach (var (name, tensor) in large.Weights.Tensors.Where(t => !t.Key.EndsWith("k_lin.bias")))
            Assert.True(tensor.allclose(parts.Weights[name], 1e-4, 1e-6), name);
    }

    [Fact]
    public void Metrics_are_reported_at_every_logging_step_and_at_the_end()
    {
        using var encoder = NanoEncoder.Create();

        var outcome = new TrainingLoop(encoder, recipe with { Epochs = 1 }, TrainingMethod.FineTuning, TimeProvider.System).Run(Labels(encoder, NanoEncoder.Task(100, seed: 1)), LabelledTokens.None, new TrainingCheckpoints(store: null, ""), null, CancellationToken.None);

        Assert.Equal([10, 13], outcome.Metrics.Select(line => line.Step));
        Assert.Equal(1, outcome.Metrics[^1].Epoch);
        Assert.Equal(13, outcome.Steps);
    }

    [Fact]
    public void Training_ends_at_the_time_limit()
    {
        using var encoder = NanoEncoder.Create();
        var timeProvider = new SteppingTimeProvider(TimeSpan.FromSeconds(10));

        var outcome = new TrainingLoop(encoder, recipe with { MaxMinutes = 1 }, TrainingMethod.FineTuning, timeProvider).Run(Labels(encoder, NanoEncoder.Task(300, seed: 1)), LabelledTokens.None, new TrainingCheckpoints(store: null, ""), null, CancellationToken.None);

        Assert.InRange(outcome.Steps, 1, 10);
        Assert.Equal(114, outcome.TotalSteps);
    }

    [Fact]
    public void Training_stops_early_when_validation_does_not_improve()
    {
        using var encoder = NanoEncoder.Create();
        // Validation labels are inverted, so the first evaluation is the best one.
        var validation = NanoEncoder.Task(60, seed: 4);
        var opposite = new LabelledTokens([.. validation.Select(e => e.TokenIds)], [.. validation.Select(e => 1 - Array.IndexOf(e.Target, 1f))], []);
        var stopping = recipe with { Epochs = 20, EarlyStoppingPatience = 2, LearningRate = 2e-3 };

        var outcome = new TrainingLoop(encoder, stopping, TrainingMethod.FineTuning, TimeProvider.System).Run(Labels(encoder, NanoEncoder.Task(100, seed: 1)), opposite, new TrainingCheckpoints(store: null, ""), null, CancellationToken.None);

        Assert.True(outcome.Steps < outcome.TotalSteps);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_weights_of_the_best_epoch_are_kept_unless_the_recipe_says_otherwise(bool keepBest)
    {
        using var encoder = NanoEncoder.Create();
        // Validation labels are inverted, so the accuracy falls with every epoch.
        var validation = NanoEncoder.Task(60, seed: 4);
        var opposite = new LabelledTokens([.. validation.Select(e => e.TokenIds)], [.. validation.Select(e => 1 - Array.IndexOf(e.Target, 1f))], []);
        var several = recipe with { Epochs = 6, LearningRate = 2e-3, KeepBest = keepBest };

        var outcome = new TrainingLoop(encoder, several, TrainingMethod.FineTuning, TimeProvider.System).Run(Labels(encoder, NanoEncoder.Task(100, seed: 1)), opposite, new TrainingCheckpoints(store: null, ""), null, CancellationToken.None);

        var accuracy = new Evaluator(encoder, several, TimeProvider.System, progress: null).Run(opposite, TrainingPhase.Evaluating, CancellationToken.None)!.Accuracy;
        Assert.Equal(outcome.TotalSteps, outcome.Steps);
        if (keepBest)
            Assert.InRange(outcome.KeptEpoch!.Value, 1, 3);
        else
            Assert.Null(outcome.KeptEpoch);
        Assert.True(keepBest ? accuracy > 0.2 : accuracy < 0.1, $"accuracy {accuracy}");
    }

    [Fact]
    public void A_cancelled_training_run_stops_before_the_next_step()
    {
        using var encoder = NanoEncoder.Create();
        using var stop = new CancellationTokenSource();
        var progress = new Watcher(p => { if (p.Done == 3) stop.Cancel(); });

        Assert.Throws<OperationCanceledException>(() =>
            new TrainingLoop(encoder, recipe, TrainingMethod.FineTuning, TimeProvider.System).Run(Labels(encoder, NanoEncoder.Task(100, seed: 1)), LabelledTokens.None, new TrainingCheckpoints(store: null, ""), progress, stop.Token));
        Assert.Equal(3, progress.Last!.Done);
    }

    [Fact]
    public void A_loss_that_is_not_finite_throws()
    {
        using var encoder = NanoEncoder.Create();
        using (torch.no_grad())
            encoder.Weights["classifier.bias"].fill_(float.PositiveInfinity);

        var e = Assert.Throws<ArithmeticException>(() =>
            new TrainingLoop(encoder, recipe, TrainingMethod.FineTuning, TimeProvider.System).Run(Labels(encoder, NanoEncoder.Task(10, seed: 1)), LabelledTokens.None, new TrainingCheckpoints(store: null, ""), null, CancellationToken.None));
        Assert.Contains("learningRate", e.Message);
    }

    private static (float[] Weights, double[] Losses) Train(Recipe recipe)
    {
        using var encoder = NanoEncoder.Create();
        var outcome = new TrainingLoop(encoder, recipe with { Epochs = 1 }, TrainingMethod.FineTuning, TimeProvider.System)
            .Run(new ClassificationObjective(encoder, NanoEncoder.Task(60, seed: 1), new TokenAugmentation(12, 0.1, 1)), LabelledTokens.None, new TrainingCheckpoints(store: null, ""), null, CancellationToken.None);
        return ([.. encoder.Weights.Tensors.OrderBy(t => t.Key).SelectMany(t => t.Value.data<float>().ToArray())], [.. outcome.Metrics.Select(line => line.Loss)]);
    }

    private static ClassificationObjective Labels(TrainableEncoder encoder, TrainingExample[] examples) => new(encoder, examples);

    private static StepOutcome Step(TrainableEncoder encoder, TrainingExample[][] batches)
    {
        encoder.Weights.To(torch.CPU, requiresGradient: true);
        using var optimizer = new AdamW(OptimizedParameter.Of(encoder.Weights, recipe));
        return new TrainingStep(encoder, optimizer, 1).Take([.. batches.Select(batch => new ClassificationBatch(encoder, batch))], 1e-3, 0);
    }

    private sealed class Watcher(Action<TrainingProgress> onReport) : IProgress<TrainingProgress>
    {
        public TrainingProgress? Last { get; private set; }

        public void Report(TrainingProgress value)
        {
            Last = value;
            onReport(value);
        }
    }
}
