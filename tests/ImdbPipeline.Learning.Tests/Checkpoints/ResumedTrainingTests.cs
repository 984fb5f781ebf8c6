using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Training;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests.Checkpoints;

[Slow]
[Collection(TorchRandomState.Name)]
public sealed class ResumedTrainingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Training_gives_the_same_model_bit_for_bit_however_often_it_stops_or_crashes(int seed)
    {
        var random = new Random(seed);
        var recipe = new Recipe
        {
            Epochs = 3,
            BatchSize = random.Next(4, 12),
            GradientAccumulation = random.Next(1, 4),
            EarlyStoppingPatience = random.Next(2) == 0 ? null : 2,
            LearningRate = 5e-3,
            WarmupSteps = 5,
            LoggingSteps = 4,
            SaveSteps = random.Next(1, 6),
            Seed = seed,
            Averaging = (AveragingMode)(seed % 3),
        };
        var uninterrupted = Train(recipe, new TrainingCheckpoints(store: null, ""), null, CancellationToken.None);

        var interruptions = 0;
        Outcome? resumed = null;
        while (resumed is null)
        {
            var lastStep = random.Next(1, 15);
            resumed = interruptions % 2 == 0 ? TrainUntilStopped(recipe, lastStep) : TrainUntilCrash(recipe, lastStep);
            interruptions++;
        }

        Assert.True(interruptions > 1, "Training was never interrupted.");
        Assert.NotNull(resumed.Training.ResumedAt);
        Assert.Equal(uninterrupted.Weights, resumed.Weights);
        Assert.Equal(uninterrupted.Training.Metrics.Select(m => (m.Step, m.Loss, m.GradNorm)), resumed.Training.Metrics.Select(m => (m.Step, m.Loss, m.GradNorm)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_run_that_is_stopped_during_an_evaluation_stores_a_checkpoint_and_resumes_with_that_evaluation(int epoch)
    {
        var recipe = new Recipe { Epochs = 3, BatchSize = 8, EvalBatchSize = 1, SaveSteps = 100_000, LearningRate = 5e-3 };
        var uninterrupted = Train(recipe, new TrainingCheckpoints(store: null, ""), null, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var evaluation = 0;
        var stopInEvaluation = new Reports(progress =>
        {
            if (progress is { Phase: TrainingPhase.Validating, Done: 1 } && ++evaluation == epoch)
                stop.Cancel();
        });

        Assert.ThrowsAny<OperationCanceledException>(() => Train(recipe, Checkpoints("a"), stopInEvaluation, stop.Token));

        Assert.True(Checkpoints("a").Find(CancellationToken.None)!.AwaitsEvaluation);
        var resumed = Train(recipe, Checkpoints("a"), null, CancellationToken.None);
        Assert.Equal(uninterrupted.Training.Steps * epoch / 3, resumed.Training.ResumedAt);
        Assert.Equal(uninterrupted.Weights, resumed.Weights);
        Assert.Equal(uninterrupted.Training.KeptEpoch, resumed.Training.KeptEpoch);
    }

    [Fact]
    public void A_finished_training_run_is_not_repeated()
    {
        var recipe = new Recipe { Epochs = 1, BatchSize = 8, SaveSteps = 100 };
        var first = Train(recipe, Checkpoints("a"), null, CancellationToken.None);

        var again = Train(recipe, Checkpoints("a"), null, CancellationToken.None);

        Assert.Equal(first.Training.Steps, again.Training.ResumedAt);
        Assert.Equal(first.Weights, again.Weights);
    }

    [Fact]
    public void A_checkpoint_from_a_different_training_run_is_ignored()
    {
        var recipe = new Recipe { Epochs = 1, BatchSize = 8 };
        Train(recipe, Checkpoints("a"), null, CancellationToken.None);

        var other = Checkpoints("b");
        var trained = Train(recipe, other, null, CancellationToken.None);

        Assert.Null(trained.Training.ResumedAt);
        Assert.Equal("the checkpoint is from a different training run", other.Ignored);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(-1)]
    [InlineData(-4000)]
    public void Training_starts_from_the_beginning_if_the_checkpoint_is_damaged(int offset)
    {
        var recipe = new Recipe { Epochs = 1, BatchSize = 8 };
        var first = Train(recipe, Checkpoints("a"), null, CancellationToken.None);
        var path = Assert.Single(Directory.GetFiles(folder["checkpoints"]));
        var bytes = File.ReadAllBytes(path);
        bytes[offset < 0 ? bytes.Length + offset : offset] ^= 0x10;
        File.WriteAllBytes(path, bytes);

        var checkpoints = Checkpoints("a");
        var trained = Train(recipe, checkpoints, null, CancellationToken.None);

        Assert.Null(trained.Training.ResumedAt);
        Assert.NotNull(checkpoints.Ignored);
        Assert.Equal(first.Weights, trained.Weights);
    }

    [Fact]
    public void The_time_limit_covers_all_processes_of_a_training_run()
    {
        var recipe = new Recipe { Epochs = 3, BatchSize = 8, MaxMinutes = 1 };
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Train(
            recipe, Checkpoints("a"), new TrainingSteps(step => { if (step == 2) stop.Cancel(); }), stop.Token, new SteppingTimeProvider(TimeSpan.FromSeconds(8))));

        var trained = Train(recipe, Checkpoints("a"), null, CancellationToken.None, new SteppingTimeProvider(TimeSpan.FromSeconds(8)));

        Assert.Equal(2, trained.Training.ResumedAt);
        Assert.InRange(trained.Training.Steps, 3, 6);
    }

    [Fact]
    public async Task A_resumed_training_run_keeps_the_precision_that_was_chosen_when_it_began()
    {
        var (dataset, baseFolder) = (new TinyDataset(train: 40), folder["base"]);
        SmallEncoders.Write(baseFolder, EncoderFamily.DistilBert, vocabulary: await dataset.ReadVocabularyAsync(CancellationToken.None));
        var store = new FolderCheckpoints(folder["auto"]);
        var recipe = new Recipe { BatchSize = 8, SaveSteps = 1, MaxLength = 16, Precision = TrainingPrecision.Auto };
        Task<TrainedModel> RunAsync() => TestTraining.Create().RunAsync(
            dataset, [], new FolderBase("base", baseFolder), recipe, null, folder["model"], store, null, CancellationToken.None);
        var chosen = (await RunAsync()).State.Recipe.Precision;
        Assert.NotEqual(TrainingPrecision.Auto, chosen);

        // As if another machine had begun, on which the other precision is faster.
        var other = chosen == TrainingPrecision.Fp32 ? TrainingPrecision.Bf16 : TrainingPrecision.Fp32;
        var checkpoints = new TrainingCheckpoints(store, TrainingFingerprint.Of([dataset.Manifest], "base", recipe, teacher: null));
        using (var reader = new SafetensorsReader(store.Fetch(CancellationToken.None)!))
            checkpoints.Save(checkpoints.Find(CancellationToken.None)! with { Precision = other }, reader.Tensors.Keys.ToDictionary(name => name, reader.Read), CancellationToken.None);
        var resumed = await RunAsync();

        Assert.Equal(other, resumed.State.Recipe.Precision);
    }

    /// <returns>Null if training was stopped early, after saving a checkpoint.</returns>
    private Outcome? TrainUntilStopped(Recipe recipe, int lastStep)
    {
        using var stop = new CancellationTokenSource();
        try
        {
            return Train(recipe, Checkpoints("a"), new TrainingSteps(step => { if (step == lastStep) stop.Cancel(); }), stop.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <returns>Null if training crashed, losing everything since the last checkpoint.</returns>
    private Outcome? TrainUntilCrash(Recipe recipe, int lastStep)
    {
        try
        {
            return Train(recipe, Checkpoints("a"), new TrainingSteps(step => { if (step == lastStep) throw new InsufficientMemoryException(); }), CancellationToken.None);
        }
        catch (InsufficientMemoryException)
        {
            return null;
        }
    }

    private TrainingCheckpoints Checkpoints(string fingerprint) => new(new FolderCheckpoints(folder["checkpoints"]), fingerprint);

    private static Outcome Train(
        Recipe recipe, TrainingCheckpoints checkpoints, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken, TimeProvider? timeProvider = null)
    {
        using var encoder = NanoEncoder.Create();
        var examples = NanoEncoder.Task(90, seed: 1);
        var heldOut = NanoEncoder.Task(30, seed: 2);
        var validation = new LabelledTokens([.. heldOut.Select(e => e.TokenIds)], [.. heldOut.Select(e => Array.IndexOf(e.Target, 1f))], []);
        var outcome = new TrainingLoop(encoder, recipe, TrainingMethod.FineTuning, timeProvider ?? TimeProvider.System).Run(
            new ClassificationObjective(encoder, examples, new TokenAugmentation(12, 0.1, 1)), validation, checkpoints, progress, cancellationToken);
        return new Outcome([.. encoder.Weights.Tensors.OrderBy(t => t.Key).SelectMany(t => t.Value.data<float>().ToArray())], outcome);
    }

    private sealed record Outcome(float[] Weights, TrainingOutcome Training);

    private sealed class Reports(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
