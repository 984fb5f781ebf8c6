using System.Text.Json.Nodes;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Ngrams;
using ImdbPipeline.Learning.Scoring;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests.Scoring;

[Collection(TorchRandomState.Name)]
public sealed class BlendedScoringTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly TinyDataset dataset = new(train: 200, labels: ["neg", "pos", "so-so"]);
    private readonly string[] texts = ["the film was not great .", "the plot was really fine .", "", "words nobody has ever seen"];

    public async ValueTask InitializeAsync()
    {
        // The encoder has another vocabulary than the n-grams.
        byte[] vocabulary = [.. await dataset.ReadVocabularyAsync(CancellationToken.None), .. "another\n"u8];
        SmallEncoders.Write(folder["base"], EncoderFamily.DistilBert, vocabulary: vocabulary);
        await TrainAsync("model", BlendMode.Ngrams);
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Scores_are_those_of_the_blend_and_logits_those_of_the_encoder()
    {
        var blend = NgramFile.Read(folder["model"], labelCount: 3)!;
        var tokenizer = ModelTokenizer.FromVocabulary(await dataset.ReadVocabularyAsync(CancellationToken.None));
        var alone = Score(WithoutNgrams());

        var blended = Score(folder["model"]);

        Assert.Equal(alone.Select(p => p.Logits), blended.Select(p => p.Logits));
        for (var i = 0; i < texts.Length; i++)
        {
            var served = blend.Apply([.. blended[i].Logits], blend.Model.Logits(NgramFeatures.Of(tokenizer.Encode(texts[i]))));
            var expected = Softmax.Of(served);
            for (var label = 0; label < 3; label++)
                Assert.Equal(expected[label], blended[i].Scores[label], 1e-6);
            Assert.Equal(blended[i].Scores.Max(), blended[i].Score);
        }
    }

    [Theory]
    [InlineData(ScoringPrecision.Fp32, "validationAccuracy")]
    [InlineData(ScoringPrecision.Int8, "validationAccuracyInt8")]
    public void The_published_accuracy_is_that_of_the_blend(ScoringPrecision precision, string metric)
    {
        var validation = dataset.Texts.Where(text => text.Split == Split.Validation).ToArray();
        using var scorer = TorchTextScorer.Load(folder["model"], "v1", precision);

        var predictions = scorer.Score([.. validation.Select(text => text.Text)], null, CancellationToken.None);

        var correct = predictions.Zip(validation).Count(pair => pair.First.Label == dataset.Manifest.Labels[pair.Second.Label!.Value]);
        Assert.Equal((double)correct / validation.Length, TrainerState.Read(folder["model"])!.Metrics[metric], 1e-9);
    }

    [Fact]
    public async Task Without_a_blend_the_folder_has_no_ngram_files()
    {
        var model = await TrainAsync("alone", BlendMode.None);

        Assert.Null(NgramFile.Read(model.Folder, labelCount: 3));
        Assert.DoesNotContain(Directory.GetFiles(model.Folder), file => Path.GetFileName(file).StartsWith("ngrams", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_training_gives_the_same_files_bit_for_bit()
    {
        await TrainAsync("again", BlendMode.Ngrams);

        foreach (var file in (string[])[CheckpointTensors.File, NgramFile.File, NgramFile.VocabularyFile])
            Assert.Equal(File.ReadAllBytes(folder[$"model/{file}"]), File.ReadAllBytes(folder[$"again/{file}"]));
    }

    [Fact]
    public async Task A_blended_model_can_be_the_base_of_another_training()
    {
        await TestTraining.Create().RunAsync(
            dataset, [], new FolderBase("model", folder["model"]), new Recipe { MaxLength = 16, Blend = BlendMode.None }, null, folder["next"], null, null, CancellationToken.None);

        Assert.Null(NgramFile.Read(folder["next"], labelCount: 3));
    }

    [Theory]
    [InlineData(NgramFile.VocabularyFile)]
    [InlineData(NgramFile.File)]
    public void Half_of_the_ngram_files_is_rejected(string missing)
    {
        File.Delete(folder[$"model/{missing}"]);
        ForgetChecksums(folder["model"]);

        var e = Assert.Throws<InputRejectedException>(() => TorchTextScorer.Load(folder["model"], "v1"));

        Assert.Equal("model-file-missing", e.Rule);
        Assert.Contains(missing, e.Message);
    }

    [Fact]
    public void Ngrams_with_another_vocabulary_are_rejected()
    {
        File.AppendAllText(folder[$"model/{NgramFile.VocabularyFile}"], "more\n");
        ForgetChecksums(folder["model"]);

        Assert.Contains("another vocabulary", Assert.Throws<InputRejectedException>(() => TorchTextScorer.Load(folder["model"], "v1")).Message);
    }

    [Theory]
    [InlineData(-1, 1, "blend weights of at least 0")]
    [InlineData(1, -0.5, "blend weights of at least 0")]
    public void Negative_weights_are_rejected(float encoder, float ngrams, string expected)
    {
        NgramFile.Write(folder["model"], NgramFile.Read(folder["model"], labelCount: 3)! with { EncoderWeight = encoder, NgramWeight = ngrams });
        ForgetChecksums(folder["model"]);

        Assert.Contains(expected, Assert.Throws<InputRejectedException>(() => TorchTextScorer.Load(folder["model"], "v1")).Message);
    }

    [Fact]
    public void Blended_logits_that_overflow_are_an_error_and_no_score()
    {
        NgramFile.Write(folder["model"], NgramFile.Read(folder["model"], labelCount: 3)! with { EncoderWeight = float.MaxValue, NgramWeight = float.MaxValue });
        ForgetChecksums(folder["model"]);

        Assert.Contains("expected finite logits", Assert.Throws<InvalidDataException>(() => Score(folder["model"])).Message);
    }

    [Fact]
    public void A_model_without_a_single_known_ngram_is_read_back()
    {
        var empty = NgramFile.Read(folder["model"], labelCount: 3)! with { Model = new NgramModel(new NgramIndex([]), [.. Enumerable.Range(0, 3).Select(i => new NgramClassifier([], i))]) };

        NgramFile.Write(folder["model"], empty);

        Assert.Equal([0f, 1f, 2f], NgramFile.Read(folder["model"], labelCount: 3)!.Model.Logits([5]));
    }

    [Fact]
    public void Ngrams_of_a_model_with_other_labels_are_rejected() =>
        Assert.Contains("'weights' of shape [1, ", Assert.Throws<InputRejectedException>(() => NgramFile.Read(folder["model"], labelCount: 2)).Message);

    private Task<TrainedModel> TrainAsync(string name, BlendMode blend) => TestTraining.Create().RunAsync(
        dataset, [], new FolderBase("base", folder["base"]), new Recipe { Epochs = 2, MaxLength = 16, LearningRate = 3e-3, WarmupSteps = 4, Blend = blend }, null, folder[name], null, null,
        CancellationToken.None);

    private string WithoutNgrams()
    {
        var copy = Directory.CreateDirectory(folder["without"]).FullName;
        foreach (var file in Directory.GetFiles(folder["model"]).Where(file => !Path.GetFileName(file).StartsWith("ngrams", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        ForgetChecksums(copy);
        return copy;
    }

    /// <summary>Makes the folder one from before the training state listed the other files.</summary>
    private static void ForgetChecksums(string path)
    {
        var file = Path.Combine(path, ModelFolder.TrainerStateFile);
        var state = JsonNode.Parse(File.ReadAllBytes(file))!.AsObject();
        Assert.True(state.Remove("files"));
        File.WriteAllText(file, state.ToJsonString());
    }

    private IReadOnlyList<Prediction> Score(string path)
    {
        using var scorer = TorchTextScorer.Load(path, "v1");
        return scorer.Score(texts, null, CancellationToken.None);
    }
}
