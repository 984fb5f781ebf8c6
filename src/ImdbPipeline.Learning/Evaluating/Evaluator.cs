using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Foundation;
using ImdbPipeline.Learning.Inferring;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Evaluates an encoder on a split, or on a random part of it if the split takes longer than the recipe allows.</summary>
public sealed class Evaluator(TrainableEncoder encoder, Recipe recipe, TimeProvider timeProvider, IProgress<TrainingProgress>? progress)
{
    /// <summary>The time is checked after each step. Within one, texts are sorted by length, so steps should be large.</summary>
    private const int TextsPerStep = 512;

    public EncoderConfig Config => encoder.Config;

    /// <returns>Null if the split is empty.</returns>
    public Evaluation? Run(LabelledTokens split, TrainingPhase stage, CancellationToken cancellationToken) => Predict(split, stage, cancellationToken).Evaluate();

    /// <param name="classifier">Name of the linear layer for these labels.</param>
    internal SplitPredictions Predict(LabelledTokens split, TrainingPhase stage, CancellationToken cancellationToken, string classifier = ParameterNames.Classifier)
    {
        ArgumentNullException.ThrowIfNull(split);
        var labelCount = (int)encoder.Weights[$"{classifier}.bias"].shape[0];
        var order = Enumerable.Range(0, split.Labels.Count).ToArray();
        Seeds.Random(recipe.Seed, "evaluation").Shuffle(order);
        var counter = new Counter(progress, stage, order.Length);
        var logits = new float[order.Length][];
        var done = 0;
        using var scoring = Inference.Prepare(encoder.Weights);
        for (var started = timeProvider.GetTimestamp(); done < order.Length && !IsTimeUp(started);)
        {
            var step = order.AsSpan(done, Math.Min(TextsPerStep, order.Length - done)).ToArray();
            var rows = Inference.Logits(scoring, [.. step.Select(i => split.TokenIds[i])], recipe.EvalBatchSize, counter, cancellationToken, classifier);
            for (var k = 0; k < step.Length; k++)
                logits[step[k]] = rows[k];
            done += step.Length;
        }

        if (done == order.Length)
            return new SplitPredictions(logits, split.Labels, labelCount);
        int[] evaluated = [.. order.Take(done).Order()];
        return new SplitPredictions([.. evaluated.Select(i => logits[i])], [.. evaluated.Select(i => split.Labels[i])], labelCount) { Part = new EvaluatedPart(evaluated, order.Length) };

        // At least one step: a model without any evaluation could not be compared.
        bool IsTimeUp(long started) => done > 0 && recipe.MaxEvalMinutes is { } minutes && timeProvider.GetElapsedTime(started).TotalMinutes >= minutes;
    }

    private sealed class Counter(IProgress<TrainingProgress>? progress, TrainingPhase stage, int total) : IProgress<int>
    {
        private int done;

        public void Report(int value) => progress?.Report(new TrainingProgress(stage, done += value, total));
    }
}
