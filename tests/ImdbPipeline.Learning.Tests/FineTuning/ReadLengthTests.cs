using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests.FineTuning;

[Collection(TorchRandomState.Name)]
public sealed class ReadLengthTests : IDisposable
{
    private const int Trained = 8, Longest = SmallEncoders.Positions;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_model_reads_more_in_scoring_than_in_training_if_that_helps_on_validation_texts()
    {
        // Half of the texts give their opinion only after the tokens that are read in training.
        var model = await TrainAsync(Dataset(filler: 12), new Recipe { Epochs = 8, MaxLength = Trained, LearningRate = 3e-3, WarmupSteps = 4, Blend = BlendMode.None });

        Assert.Equal(Longest, model.State.Treatment.MaxLength);
        Assert.Contains(model.State.Notes, note => note.StartsWith($"reads {Longest} tokens of a text in scoring, {Trained} in training: accuracy", StringComparison.Ordinal));
        Assert.True(model.State.Metrics["validationAccuracy"] > 0.9, $"{model.State.Metrics["validationAccuracy"]}");
    }

    [Fact]
    public async Task A_model_reads_no_more_if_that_does_not_help()
    {
        var model = await TrainAsync(Dataset(filler: 0, trailing: 12), new Recipe { Epochs = 8, MaxLength = Trained, LearningRate = 3e-3, WarmupSteps = 4, Blend = BlendMode.None });

        Assert.Equal(Trained, model.State.Treatment.MaxLength);
        Assert.Contains(model.State.Notes, note => note.StartsWith($"reads {Trained} tokens of a text in scoring, as in training, not {Longest}: accuracy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_requested_length_is_taken_as_it_is()
    {
        var model = await TrainAsync(Dataset(filler: 0), new Recipe { MaxLength = Trained, EvalMaxLength = 20, Blend = BlendMode.None });

        Assert.Equal(new TextPreprocessing(StripMarkup: true, 20, Truncation.Head), model.State.Treatment);
    }

    private async Task<TrainedModel> TrainAsync(InMemoryDataset dataset, Recipe recipe)
    {
        SmallEncoders.Write(folder["base"], EncoderFamily.DistilBert, vocabulary: await dataset.ReadVocabularyAsync(CancellationToken.None));
        return await TestTraining.Create().RunAsync(
            dataset, [], new FolderBase("base", folder["base"]), recipe, null, folder["model"], null, null, CancellationToken.None);
    }

    private static InMemoryDataset Dataset(int filler, int trailing = 0)
    {
        var random = new Random(4);
        return new InMemoryDataset("lengths", ["neg", "pos"], ["good", "bad", "so", "very", "film"], Enumerable.Range(0, 600).Select(i =>
        {
            var label = random.Next(2);
            var before = i < 400 ? random.Next(4) : random.Next(2) * filler;
            string[] words = [.. Enumerable.Repeat("film", before), "so", label == 1 ? "good" : "bad", .. Enumerable.Repeat("film", trailing)];
            return (i < 400 ? Split.Train : Split.Validation, string.Join(' ', words), label);
        }));
    }
}
