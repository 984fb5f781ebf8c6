using System.Diagnostics;
using System.Globalization;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Training;
using static TorchSharp.torch;

namespace ImdbPipeline.Benchmarks.Pipeline.Training;

/// <summary>The measured parts of the training stage, each run in a separate process over the same reviews.</summary>
internal static class TrainingParts
{
    public const string Notebook = "train-notebook", Packed = "train-packed", Bf16 = "train-bf16", Optimizer = "train-optimizer", Long = "train-long", Rate = "train-rate";

    private const double LearningRate = 5e-5, MaxGradNorm = 1;

    private static readonly Recipe recipe = Recipe.Notebook;

    public static void Define()
    {
        Define(Notebook, (encoder, batch) => new NotebookBatch(encoder, batch), DefaultMalloc.Restore);
        Define(Packed, (encoder, batch) => new ClassificationBatch(encoder, batch));
        Define(Bf16, (encoder, batch) => new ClassificationBatch(encoder, batch), precision: TrainingPrecision.Bf16);
        MeasuredProcess.Define(Rate, (arguments, _) => Task.FromResult(ProductRate.Measure(Enum.Parse<ScalarType>(arguments[0]))));
        MeasuredProcess.Define(Long, (arguments, _) => Task.FromResult(MemoryGrowth(arguments)));
        MeasuredProcess.Define(Optimizer, (arguments, _) => Task.FromResult(OptimizerSeconds(TrainedShape.Named(arguments[1]).Create())));
    }

    private static void Define(
        string part, Func<TrainableEncoder, TrainingExample[], ITrainingBatch> batch, Action? prepare = null, TrainingPrecision precision = TrainingPrecision.Fp32) =>
        MeasuredProcess.Define(part, (arguments, _) =>
        {
            prepare?.Invoke();
            var batches = ReviewSample.Read(arguments[0]).Select((ids, i) => TrainingExample.Labelled(ids, i % 2, 2)).Chunk(recipe.BatchSize).ToArray();
            using var encoder = TrainedShape.Named(arguments[1]).Create();
            encoder.Weights.To(CPU, requiresGradient: true);
            encoder.Precision = precision;
            using var optimizer = new AdamW(OptimizedParameter.Of(encoder.Weights, recipe));
            var step = new TrainingStep(encoder, optimizer, MaxGradNorm);
            // The first step, however small, allocates the optimizer state and the gradients.
            step.Take([batch(encoder, batches[0][..2])], LearningRate, 1);
            var started = Stopwatch.GetTimestamp();
            foreach (var examples in batches)
                step.Take([batch(encoder, examples)], LearningRate, 1);
            return Task.FromResult(Stopwatch.GetElapsedTime(started).TotalSeconds);
        });

    /// <returns>Seconds per step for the optimizer and gradient clipping alone.</returns>
    private static double OptimizerSeconds(TrainableEncoder encoder)
    {
        const int Steps = 5;
        using var disposing = encoder;
        encoder.Weights.To(CPU, requiresGradient: true);
        foreach (var weight in encoder.Weights.Tensors.Values)
            weight.grad = ones_like(weight).DetachFromDisposeScope();
        using var optimizer = new AdamW(OptimizedParameter.Of(encoder.Weights, recipe));
        optimizer.Step(LearningRate, MaxGradNorm);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Steps; i++)
            optimizer.Step(LearningRate, MaxGradNorm);
        return Stopwatch.GetElapsedTime(started).TotalSeconds / Steps;
    }

    /// <returns>Growth of resident memory over the last nine tenths of the steps, in 10^6 bytes.</returns>
    private static double MemoryGrowth(string[] arguments)
    {
        var (rows, steps) = (ReviewSample.Read(arguments[0]), int.Parse(arguments[2], CultureInfo.InvariantCulture));
        using var encoder = TrainedShape.Named(arguments[1]).Create();
        var examples = rows.Select((ids, i) => TrainingExample.Labelled(ids, i % 2, 2)).ToArray();
        var objective = new ClassificationObjective(encoder, examples);
        var stepsPerEpoch = objective.Batches(recipe.BatchSize, recipe.Seed, 0).Length;
        var resident = new List<double>();
        new TrainingLoop(encoder, recipe with { Epochs = steps / stepsPerEpoch + 1, LoggingSteps = steps / 10 }, new TrainingMethod { MaxSteps = steps }, TimeProvider.System)
            .Run(objective, LabelledTokens.None, new TrainingCheckpoints(store: null, ""), new MemoryProbe(resident), CancellationToken.None);
        return resident[^1] - resident[0];
    }

    private sealed class MemoryProbe(List<double> resident) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Metrics is not null)
                resident.Add(Environment.WorkingSet / 1e6);
        }
    }

    private sealed class NotebookBatch(TrainableEncoder encoder, TrainingExample[] examples) : ITrainingBatch
    {
        public double Weight => examples.Length;

        public long Tokens => examples.Sum(example => (long)example.TokenIds.Length);

        public Tensor Loss(double stepWeight)
        {
            using var scope = NewDisposeScope();
            var logits = NotebookEncoder.Forward(encoder, [.. examples.Select(example => example.TokenIds)], dropout: true);
            var targets = tensor(examples.SelectMany(example => example.Target).ToArray(), [examples.Length, 2]);
            return (-(targets * nn.functional.log_softmax(logits, 1)).sum() / stepWeight).MoveToOuterDisposeScope();
        }
    }
}
