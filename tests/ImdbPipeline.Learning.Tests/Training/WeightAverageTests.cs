using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Training;
using ImdbPipeline.Testing;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Training;

[Collection(TorchRandomState.Name)]
public sealed class WeightAverageTests
{
    private const string Weight = "classifier.bias";

    [Fact]
    public void Swa_gives_the_mean_of_the_weights_over_the_last_two_fifths_of_the_steps() =>
        Assert.Equal((7f + 8 + 9 + 10) / 4, Averaged(AveragingMode.Swa, steps: 10), 1e-5f);

    [Fact]
    public void Ema_is_the_mean_of_a_few_steps_and_forgets_the_first_of_many()
    {
        Assert.Equal((7f + 8 + 9 + 10) / 4, Averaged(AveragingMode.Ema, steps: 10), 1e-5f);
        // The last 1,000 of 2,500 steps have a mean of 2,000.5; a long exponential average lags behind by 199 steps.
        Assert.Equal(2_000.5f, Averaged(AveragingMode.Swa, steps: 2_500), 0.1f);
        Assert.InRange(Averaged(AveragingMode.Ema, steps: 2_500), 2_295, 2_305);
    }

    [Fact]
    public void Without_averaging_the_weights_stay_those_of_the_last_step() => Assert.Equal(10, Averaged(AveragingMode.None, steps: 10));

    [Fact]
    public void Swapping_twice_restores_the_weights()
    {
        using var encoder = NanoEncoder.Create();
        using var average = new WeightAverage(encoder.Weights, AveragingMode.Swa, totalSteps: 10);
        average.Add(7);
        Fill(encoder.Weights[Weight], 5);

        average.Swap();
        var averaged = Value(encoder.Weights[Weight]);
        average.Swap();

        Assert.NotEqual(5, averaged);
        Assert.Equal(5, Value(encoder.Weights[Weight]));
    }

    [Theory]
    [InlineData(AveragingMode.Ema)]
    [InlineData(AveragingMode.Swa)]
    public void A_training_run_publishes_the_average_and_not_the_last_step(AveragingMode mode)
    {
        var recipe = new Recipe { BatchSize = 8, LearningRate = 5e-3, WarmupSteps = 2, Averaging = mode };

        var (averaged, last) = (Train(recipe), Train(recipe with { Averaging = AveragingMode.None }));

        // 15 steps, of which the last 6 are averaged.
        Assert.Equal(15, last.Steps.Count);
        var expected = last.Steps[^6..].Aggregate(new float[2], (sum, weights) => [sum[0] + weights[0], sum[1] + weights[1]]);
        Assert.Equal(expected[0] / 6, averaged.Weights[0], 1e-6f);
        Assert.Equal(expected[1] / 6, averaged.Weights[1], 1e-6f);
        Assert.Equal((6, 0), (averaged.AveragedSteps, last.AveragedSteps));
        // Every step is the same as without averaging.
        Assert.Equal(last.Steps, averaged.Steps);
    }

    [Fact]
    public void A_run_that_ends_before_averaging_begins_says_so()
    {
        var trained = Train(new Recipe { BatchSize = 8, MaxMinutes = 1, Averaging = AveragingMode.Swa }, new SteppingTimeProvider(TimeSpan.FromSeconds(10)));

        Assert.InRange(trained.Steps.Count, 1, 9);
        Assert.Equal(0, trained.AveragedSteps);
        Assert.Equal(trained.Steps[^1], trained.Weights);
    }

    [Fact]
    public void Early_stopping_evaluates_the_average()
    {
        // 90 steps, of which the last 36 are averaged.
        var recipe = new Recipe { Epochs = 6, BatchSize = 8, LearningRate = 1e-3, WarmupSteps = 60, EarlyStoppingPatience = 5, Averaging = AveragingMode.Swa };
        var validation = NanoEncoder.Task(60, seed: 4);

        var trained = Train(recipe, validation: new LabelledTokens([.. validation.Select(e => e.TokenIds)], [.. validation.Select(e => Array.IndexOf(e.Target, 1f))], []));

        Assert.NotEqual(0, trained.AveragedSteps);
        Assert.Equal(trained.Steps.Skip(54).Take(trained.AveragedSteps).Average(weights => weights[0]), trained.Weights[0], 1e-6f);
    }

    private static Trained Train(Recipe recipe, TimeProvider? timeProvider = null, LabelledTokens? validation = null)
    {
        using var encoder = NanoEncoder.Create();
        List<float[]> steps = [];
        var outcome = new TrainingLoop(encoder, recipe, TrainingMethod.FineTuning, timeProvider ?? TimeProvider.System).Run(
            new ClassificationObjective(encoder, NanoEncoder.Task(120, seed: 1)), validation ?? LabelledTokens.None, new TrainingCheckpoints(store: null, ""),
            new TrainingSteps(_ => steps.Add(encoder.Weights[Weight].data<float>().ToArray())), CancellationToken.None);
        return new Trained(encoder.Weights[Weight].data<float>().ToArray(), steps, outcome.AveragedSteps);
    }

    /// <returns>The average of a weight that has the value of the step after each step.</returns>
    private static float Averaged(AveragingMode mode, int steps)
    {
        using var encoder = NanoEncoder.Create();
        using var average = new WeightAverage(encoder.Weights, mode, steps);
        for (var step = 1; step <= steps; step++)
        {
            Fill(encoder.Weights[Weight], step);
            average.Add(step);
        }

        average.Swap();
        return Value(encoder.Weights[Weight]);
    }

    private static void Fill(torch.Tensor tensor, double value)
    {
        using var noGrad = torch.no_grad();
        tensor.fill_(value);
    }

    private static float Value(torch.Tensor tensor) => tensor.data<float>()[0];

    /// <param name="Steps">The classifier's biases after each step.</param>
    private sealed record Trained(float[] Weights, List<float[]> Steps, int AveragedSteps);
}
