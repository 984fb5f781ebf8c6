using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Ngrams;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests.FineTuning;

[Collection(TorchRandomState.Name)]
public sealed class SelfTrainingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Unlabelled_texts_are_labelled_by_the_blend_and_train_the_ngrams_if_that_helps()
    {
        var model = await TrainAsync(unlabelled: 400);

        Assert.Contains(model.State.Notes, note =>
            note.StartsWith("blended with the n-gram model as requested, which was trained on unlabelled texts too: accuracy", StringComparison.Ordinal)
            || note.Contains("training it on unlabelled texts too did not help: accuracy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Too_few_unlabelled_texts_are_left_out()
    {
        var model = await TrainAsync(unlabelled: 99);

        Assert.Contains(model.State.Notes, note => note.StartsWith("blended with the n-gram model as requested: accuracy", StringComparison.Ordinal));
        Assert.DoesNotContain(model.State.Notes, note => note.Contains("unlabelled", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(6, 384, 1536, 4_000)]
    [InlineData(6, 768, 3072, 1_000)]
    [InlineData(2, 128, 256, 64_000)]
    public void A_larger_encoder_labels_fewer_texts(int layers, int dim, int hiddenDim, int texts)
    {
        var config = new EncoderConfig { Family = EncoderFamily.Bert, VocabSize = 100, Dim = dim, Layers = layers, Heads = 4, HiddenDim = hiddenDim, MaxPositions = 512, Labels = ["neg", "pos"] };

        Assert.InRange(SelfTraining.TextsFor(config), 0.98 * texts, 1.02 * texts);
    }

    [Fact]
    public void A_text_that_counts_half_moves_the_weights_less()
    {
        int[][] texts = [[0], [1], [0], [1]];

        double Weight(int trusted) => NgramClassifier.Fit(texts, [true, false, true, false], trusted, count: 2, new Random(1)).Weights[0];

        Assert.True(Weight(trusted: 2) < Weight(trusted: 4));
        Assert.True(Weight(trusted: 2) > NgramClassifier.Fit(texts[..2], [true, false], trusted: 2, count: 2, new Random(1)).Weights[0]);
    }

    private async Task<TrainedModel> TrainAsync(int unlabelled)
    {
        var dataset = new TinyDataset(train: 200, unlabelled);
        SmallEncoders.Write(folder["base"], EncoderFamily.DistilBert, vocabulary: await dataset.ReadVocabularyAsync(CancellationToken.None));
        return await TestTraining.Create().RunAsync(
            dataset, [], new FolderBase("base", folder["base"]), new Recipe { MaxLength = 40, Blend = BlendMode.Ngrams }, null, folder["model"], null, null, CancellationToken.None);
    }
}
