using System.Text.Json.Nodes;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Scoring;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests.Scoring;

[Collection(TorchRandomState.Name)]
public sealed class TorchTextScorerTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly TinyDataset dataset = new(train: 40);
    private TorchTextScorer scorer = null!;

    public async ValueTask InitializeAsync()
    {
        SmallEncoders.Write(folder["base"], EncoderFamily.DistilBert, vocabulary: await dataset.ReadVocabularyAsync(CancellationToken.None));
        var recipe = new Recipe { Epochs = 6, MaxLength = 16, LearningRate = 3e-3, WarmupSteps = 4, Blend = BlendMode.None };
        await TestTraining.Create().RunAsync(
            dataset, [], new FolderBase("base", folder["base"]), recipe, null, folder["model"], null, null, CancellationToken.None);
        scorer = TorchTextScorer.Load(folder["model"], "v1");
    }

    public ValueTask DisposeAsync()
    {
        scorer.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Predictions_are_in_input_order_and_equal_to_those_of_single_texts()
    {
        string[] texts = [.. dataset.Texts.Select(r => r.Text)];

        var together = scorer.Score(texts, null, CancellationToken.None);

        Assert.Equal(texts.Length, together.Count);
        for (var i = 0; i < texts.Length; i++)
        {
            var alone = Assert.Single(scorer.Score([texts[i]], null, CancellationToken.None));
            Assert.Equal(alone.Label, together[i].Label);
            for (var label = 0; label < alone.Logits.Count; label++)
                Assert.Equal(alone.Logits[label], together[i].Logits[label], 1e-4f);
        }
    }

    [Fact]
    public void A_truncated_text_is_marked()
    {
        var predictions = scorer.Score(["the film was fine .", string.Concat(Enumerable.Repeat("the film was fine . ", 9))], null, CancellationToken.None);

        Assert.Equal([false, true], predictions.Select(p => p.Truncated));
    }

    [Fact]
    public void A_text_of_unknown_tokens_is_marked()
    {
        var predictions = scorer.Score(["the film was fine .", "電影 很 好", ""], null, CancellationToken.None);

        Assert.Equal([false, true, false], predictions.Select(p => p.Unknown));
    }

    [Theory]
    [InlineData("{ half a sta", "found ")]
    [InlineData("""{"treatment": 5}""", "found ")]
    [InlineData("null", "found the JSON value null")]
    public void A_damaged_training_state_is_refused_instead_of_being_ignored(string state, string found)
    {
        File.WriteAllText(Path.Combine(folder["model"], ModelFolder.TrainerStateFile), state);
        var rejected = Assert.Throws<InputRejectedException>(() => TorchTextScorer.Load(folder["model"], "v1"));
        Assert.Equal("trainer-state-invalid", rejected.Rule);
        Assert.Contains(found, rejected.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"temperature\": 1", "\"temperature\": 1e9", "found temperature 1000000000")]
    [InlineData("\"maxLength\": 16", "\"maxLength\": 1", "found maximum length 1")]
    [InlineData("\"maxLength\": 16", "\"maxLength\": 100000", "found 100000")]
    public void A_training_state_that_contradicts_the_model_is_refused(string value, string changed, string found)
    {
        var path = Path.Combine(folder["model"], ModelFolder.TrainerStateFile);
        var state = File.ReadAllText(path);
        Assert.Contains(value, state, StringComparison.Ordinal);
        File.WriteAllText(path, state.Replace(value, changed, StringComparison.Ordinal));
        Assert.Contains(found, Assert.Throws<InputRejectedException>(() => TorchTextScorer.Load(folder["model"], "v1")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CheckpointTensors.File, "found another model.safetensors")]
    [InlineData(ModelFolder.TokenizerFile, "found another tokenizer.json")]
    [InlineData(ModelFolder.TokenizerConfigFile, "found no tokenizer_config.json")]
    [InlineData(NgramFile.File, "found an additional ngrams.safetensors")]
    public void A_folder_with_files_of_two_models_is_refused_until_its_training_state_is_deleted(string file, string found)
    {
        var path = Path.Combine(folder["model"], file);
        if (file == ModelFolder.TokenizerConfigFile)
            File.Delete(path);
        else if (file == CheckpointTensors.File)
            FlipLastBit(path);
        else
            File.AppendAllText(path, " ");

        var rejected = Assert.Throws<InputRejectedException>(() => TrainerState.Read(folder["model"]));
        Assert.Equal("model-file-changed", rejected.Rule);
        Assert.Contains(found, rejected.Message, StringComparison.Ordinal);

        File.Delete(Path.Combine(folder["model"], ModelFolder.TrainerStateFile));
        Assert.Null(TrainerState.Read(folder["model"]));
    }

    [Fact]
    public void The_model_card_may_be_edited_and_other_files_added()
    {
        File.AppendAllText(Path.Combine(folder["model"], ModelFolder.CardFile), "\nOurs.\n");
        File.WriteAllText(Path.Combine(folder["model"], "notes.txt"), "ours");

        Assert.NotNull(TrainerState.Read(folder["model"]));
    }

    [Fact]
    public void The_training_state_of_another_program_is_ignored()
    {
        File.WriteAllText(Path.Combine(folder["model"], ModelFolder.TrainerStateFile), """{"log_history": [], "global_step": 3, "best_metric": null}""");
        using var loaded = TorchTextScorer.Load(folder["model"], "v1");
        Assert.Equal(scorer.Labels, loaded.Labels);
    }

    [Fact]
    public void A_vocabulary_of_another_model_is_refused()
    {
        File.Delete(Path.Combine(folder["model"], ModelFolder.TokenizerFile));
        File.WriteAllText(Path.Combine(folder["model"], ModelFolder.VocabularyFile), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
        Assert.Equal("vocabulary-size", Assert.Throws<InputRejectedException>(() => TorchTextScorer.Load(folder["model"], "v1")).Rule);
    }

    [Fact]
    public void Markup_tags_score_like_spaces_as_in_training()
    {
        // One at a time: within a batch, rounding depends on a text's place.
        var tagged = scorer.Score(["the film was<br /><br />great ."], null, CancellationToken.None)[0];
        var plain = scorer.Score(["the film was great ."], null, CancellationToken.None)[0];

        Assert.Equal(plain.Logits, tagged.Logits);
    }

    [Fact]
    public void Scores_are_probabilities_and_no_texts_give_no_predictions()
    {
        Assert.Empty(scorer.Score([], null, CancellationToken.None));
        var empty = Assert.Single(scorer.Score([""], null, CancellationToken.None));
        Assert.InRange(empty.Score, 0.5f, 1f);
        Assert.Equal(["neg", "pos"], scorer.Labels);
    }

    [Fact]
    public void Temperature_changes_only_the_scores()
    {
        string[] texts = [.. dataset.Texts.Take(30).Select(r => r.Text)];
        using var plain = WithTemperature(null);
        using var hot = WithTemperature(4);

        var (cold, warm) = (plain.Score(texts, null, CancellationToken.None), hot.Score(texts, null, CancellationToken.None));

        Assert.Equal(cold.Select(p => p.Label), warm.Select(p => p.Label));
        Assert.Equal(cold.Select(p => p.Logits), warm.Select(p => p.Logits));
        for (var i = 0; i < texts.Length; i++)
        {
            var margin = Math.Abs(cold[i].Logits[1] - cold[i].Logits[0]);
            Assert.Equal(1 / (1 + Math.Exp(-margin)), cold[i].Score, 1e-6);
            Assert.Equal(1 / (1 + Math.Exp(-margin / 4)), warm[i].Score, 1e-6);
        }
    }

    [Fact]
    public void The_fitted_temperature_is_part_of_the_classifier()
    {
        var texts = dataset.Texts.Where(text => text.Split == Split.Validation).Select(text => text.Text).ToArray();
        using var encoder = EncoderLoader.LoadModel(folder["model"]).Encoder;
        encoder.Weights.DivideLogits(4);
        ModelFolderWriter.Write(folder["hot"], encoder, ModelFiles.Read(folder["model"]), TrainerState.Read(folder["model"])!, blend: null);
        using var hot = TorchTextScorer.Load(folder["hot"], "hot");

        var (cold, warm) = (scorer.Score(texts, null, CancellationToken.None), hot.Score(texts, null, CancellationToken.None));

        Assert.Equal(1, TrainerState.Read(folder["model"])!.Temperature);
        Assert.All(cold.Zip(warm), pair => Assert.Equal(pair.First.Logits[1] / 4, pair.Second.Logits[1], 1e-6f));
        Assert.Equal(cold.Select(p => p.Label), warm.Select(p => p.Label));
    }

    [Fact]
    public void Concurrent_calls_return_the_same_predictions()
    {
        string[] texts = [.. dataset.Texts.Take(30).Select(r => r.Text)];
        var expected = scorer.Score(texts, null, CancellationToken.None).Select(p => p.Score).ToArray();

        Parallel.For(0, 8, _ => Assert.Equal(expected, scorer.Score(texts, null, CancellationToken.None).Select(p => p.Score)));
    }

    [Fact]
    public void Int8_is_offered_if_accuracy_holds_and_predicts_nearly_the_same_labels()
    {
        var metrics = TrainerState.Read(folder["model"])!.Metrics;
        Assert.InRange(metrics[PrecisionOffer.AccuracyName(ScoringPrecision.Int8)], metrics["validationAccuracy"] - PrecisionOffer.MaxDrop, 1);
        string[] texts = [.. dataset.Texts.Select(r => r.Text)];
        using var int8 = TorchTextScorer.Load(folder["model"], "v1", ScoringPrecision.Int8);

        var (exact, approximate) = (scorer.Score(texts, null, CancellationToken.None), int8.Score(texts, null, CancellationToken.None));

        Assert.NotEqual(exact.Select(p => p.Score), approximate.Select(p => p.Score));
        Assert.InRange(exact.Zip(approximate).Count(pair => pair.First.Label == pair.Second.Label), texts.Length * 0.98, texts.Length);
    }

    [Theory]
    [InlineData(0.0021, "one 0.21 points below")]
    [InlineData(null, "no measurement in int8")]
    public void Int8_is_rejected_for_a_model_that_loses_accuracy_with_it(double? drop, string found)
    {
        var copy = Changed("dropped", state =>
        {
            var metrics = state["metrics"]!.AsObject();
            metrics.Remove(PrecisionOffer.AccuracyName(ScoringPrecision.Int8));
            if (drop is { } points)
                metrics[PrecisionOffer.AccuracyName(ScoringPrecision.Int8)] = metrics["validationAccuracy"]!.GetValue<double>() - points;
        });

        var e = Assert.Throws<InputRejectedException>(() => TorchTextScorer.Load(copy, "v1", ScoringPrecision.Int8));

        Assert.Equal("precision-not-offered", e.Rule);
        Assert.Contains(found, e.Message);
        using var fp32 = TorchTextScorer.Load(copy, "v1");
    }

    [Fact]
    public void Auto_takes_the_fastest_precision_in_which_the_model_is_accurate_enough()
    {
        using var auto = TorchTextScorer.Load(folder["model"], "v1", ScoringPrecision.Auto);
        var unmeasured = Changed("unmeasured", state => state["metrics"] = new JsonObject());
        using var onlyFp32 = TorchTextScorer.Load(unmeasured, "v1", ScoringPrecision.Auto);

        Assert.Contains(auto.Precision, (ScoringPrecision[])[ScoringPrecision.Fp32, .. PrecisionOffer.Offered(TrainerState.Read(folder["model"])!.Metrics)]);
        using var named = TorchTextScorer.Load(folder["model"], "v1", auto.Precision);
        string[] texts = [.. dataset.Texts.Select(r => r.Text)];
        Assert.Equal(named.Score(texts, null, CancellationToken.None).Select(p => p.Logits), auto.Score(texts, null, CancellationToken.None).Select(p => p.Logits));
        Assert.Contains("fp32", auto.Timings);
        Assert.Equal(ScoringPrecision.Fp32, onlyFp32.Precision);
    }

    private static void FlipLastBit(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>A copy of the model with another temperature; null removes it, as in models that store none.</summary>
    private TorchTextScorer WithTemperature(double? temperature) => TorchTextScorer.Load(
        Changed($"temperature-{temperature}", state =>
        {
            Assert.True(state.Remove("temperature"));
            if (temperature is { } value)
                state["temperature"] = value;
        }),
        "copy");

    private string Changed(string name, Action<JsonObject> change)
    {
        var copy = Directory.CreateDirectory(folder[name]).FullName;
        foreach (var file in Directory.GetFiles(folder["model"]))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        var path = Path.Combine(copy, ModelFolder.TrainerStateFile);
        var state = JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
        change(state);
        File.WriteAllText(path, state.ToJsonString());
        return copy;
    }
}
