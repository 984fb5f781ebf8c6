using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.Pretraining;
using ImdbPipeline.Learning.Tests.Encoders;
using ImdbPipeline.Learning.Training;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Pretraining;

[Collection(TorchRandomState.Name)]
public sealed class MaskedLanguageTrainingTests
{
    private static readonly FurtherPretraining settings = new() { Epochs = 6, BatchSize = 16, MaxLength = 32, LearningRate = 5e-3 };

    [Theory]
    [InlineData(EncoderFamily.DistilBert)]
    [InlineData(EncoderFamily.Bert)]
    public void The_loss_covers_only_the_masked_tokens(EncoderFamily family)
    {
        var config = SmallEncoders.Config(family);
        using var encoder = SmallEncoders.Of(config, MaskedLanguageHead.Specs(config));
        MaskedRow[] rows = [new([2, 4, 50, 60, 3], [1, 3], [40, 60]), new([2, 70, 3], [1], [71]), new([2, 80, 90, 4, 9, 3], [3], [100])];

        using var scope = torch.NewDisposeScope();
        using var inference = torch.inference_mode();
        var batch = new MaskedLanguageBatch(encoder, rows);
        var loss = batch.Loss(8).ToDouble();

        Assert.Equal(4, batch.Weight);
        Assert.Equal(14, batch.Tokens);
        Assert.Equal(rows.Sum(row => NegativeLogLikelihood(encoder, row)) / 8, loss, 1e-5);
    }

    [Fact]
    public void Masking_depends_only_on_example_seed_and_epoch()
    {
        var config = SmallEncoders.Config(EncoderFamily.DistilBert);
        using var encoder = SmallEncoders.Of(config, MaskedLanguageHead.Specs(config));
        var objective = new MaskedLanguageObjective(encoder, SmallEncoders.Rows(8, 30), new TokenMasking(0.15, 4, new HashSet<int> { 2, 3 }, 300));

        double Loss(int seed, int epoch, params int[] examples)
        {
            using var scope = torch.NewDisposeScope();
            using var inference = torch.inference_mode();
            var batch = objective.Gather(examples, seed, epoch);
            return batch.Loss(batch.Weight).ToDouble();
        }

        Assert.Equal(Loss(1, 0, 3, 5, 6), Loss(1, 0, 3, 5, 6));
        Assert.NotEqual(Loss(1, 0, 3, 5, 6), Loss(1, 1, 3, 5, 6));
        Assert.NotEqual(Loss(1, 0, 3, 5, 6), Loss(2, 0, 3, 5, 6));
        // The masking of a row does not depend on the other rows in its batch.
        Assert.Equal(objective.Gather([3, 5], 1, 0).Weight, objective.Gather([3], 1, 0).Weight + objective.Gather([5], 1, 0).Weight);
    }

    [Fact]
    public async Task Pretraining_halves_the_loss()
    {
        using var folder = new TemporaryFolder();
        var dataset = new TinyDataset(train: 40, unlabelled: 300);
        var recipe = new Recipe { FurtherPretraining = settings, LoggingSteps = 10 };
        var prepared = await PrepareAsync(dataset, folder["base"], recipe);
        using var encoder = prepared.Encoder;

        var outcome = MaskedLanguageTraining.Run(prepared, recipe, new TrainingCheckpoints(store: null, ""), TimeProvider.System, null, CancellationToken.None);

        Assert.Equal(6 * 22, outcome.Steps);
        Assert.All(outcome.Metrics, line => Assert.Equal(TrainingPhase.Pretraining, line.Stage));
        double first = outcome.Metrics[0].Loss, last = outcome.Metrics[^1].Loss;
        Assert.True(last < first / 2, $"first loss {first}, last loss {last}");
    }

    [Fact]
    public async Task Pretraining_stops_after_MaxSteps_and_warms_up_for_a_tenth_of_them()
    {
        using var folder = new TemporaryFolder();
        var recipe = new Recipe { FurtherPretraining = settings with { MaxSteps = 20 }, LoggingSteps = 1, GradientAccumulation = 4, EarlyStoppingPatience = 1, LayerwiseLrDecay = 0.5, Averaging = AveragingMode.Swa };
        var prepared = await PrepareAsync(new TinyDataset(train: 40, unlabelled: 300), folder["base"], recipe);
        using var encoder = prepared.Encoder;

        var outcome = MaskedLanguageTraining.Run(prepared, recipe, new TrainingCheckpoints(store: null, ""), TimeProvider.System, null, CancellationToken.None);

        Assert.Equal(20, outcome.Steps);
        Assert.Equal(20, outcome.TotalSteps);
        Assert.Equal(0, outcome.AveragedSteps);
        Assert.Equal([0, 2.5e-3, 5e-3], outcome.Metrics.Take(3).Select(line => line.LearningRate));
        Assert.Equal(5e-3 / 18, outcome.Metrics[^1].LearningRate, 1e-9);
    }

    [Fact]
    public async Task Pretraining_uses_the_full_training_and_unlabelled_texts_only()
    {
        using var folder = new TemporaryFolder();
        var dataset = new TinyDataset(train: 30, unlabelled: 20);

        var prepared = await PrepareAsync(dataset, folder["base"], new Recipe { MaxLength = 8, FurtherPretraining = settings });
        using var encoder = prepared.Encoder;

        Assert.Equal(
            dataset.Texts.Where(review => review.Split is Split.Train or Split.Unsup).Select(review => review.TokenIds), prepared.Texts);
    }

    [Fact]
    public async Task A_dataset_without_words_is_rejected()
    {
        using var folder = new TemporaryFolder();
        var empty = new InMemoryDataset("empty", ["neg", "pos"], ["word"], [(Split.Train, "", 0), (Split.Train, "?", 1)]);
        var recipe = new Recipe { FurtherPretraining = settings };
        var prepared = await PrepareAsync(empty, folder["base"], recipe);
        using var encoder = prepared.Encoder;

        var e = Assert.Throws<InputRejectedException>(() => MaskedLanguageTraining.Run(prepared, recipe, new TrainingCheckpoints(store: null, ""), TimeProvider.System, null, CancellationToken.None));

        Assert.Equal("dataset-unlearnable", e.Rule);
    }

    private static async Task<PreparedTraining> PrepareAsync(InMemoryDataset dataset, string folder, Recipe recipe)
    {
        SmallEncoders.Write(folder, EncoderFamily.DistilBert, vocabulary: await dataset.ReadVocabularyAsync(CancellationToken.None));
        return await new FolderBase("base", folder).PrepareAsync(dataset, recipe, teacher: null, null, CancellationToken.None);
    }

    /// <summary>Negative log-likelihood of the original tokens, with the row scored separately.</summary>
    private static double NegativeLogLikelihood(TrainableEncoder encoder, MaskedRow row)
    {
        var hidden = encoder.EncodeTokens(TokenBatch.Of([row.TokenIds], null, torch.CPU), training: false);
        var logits = GoldenLogitsTests.Rows(MaskedLanguageHead.Logits(encoder, hidden));
        return row.Positions.Zip(row.Targets).Sum(masked => Math.Log(logits[masked.First].Sum(logit => Math.Exp(logit))) - logits[masked.First][masked.Second]);
    }
}
