using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Runs;

public sealed class RetrainMessageTests
{
    [Fact]
    public void Every_setting_of_the_recipes_page_is_read()
    {
        var request = RetrainMessage.Parse("""
            {
              "classifierLayer": 11, "hierarchical": "attention", "precision": "bf16", "saveSteps": 250, "promote": "aboveBaseline",
              "auxiliaryDatasets": ["books", "tweets/00000000000000aa"],
              "furtherPretraining": {
                "epochs": 2, "maxSteps": 1000, "maxMinutes": 30.5, "batchSize": 16, "maxLength": 256, "learningRate": 1e-4, "warmupSteps": 100, "mlmProbability": 0.2
              }
            }
            """);

        Assert.Equal((11, FractionPooling.Attention, TrainingPrecision.Bf16), (request.ClassifierLayer, request.Hierarchical, request.Precision));
        Assert.Equal((250, PromotionMode.AboveBaseline), (request.SaveSteps, request.Promote));
        Assert.Equal(["books", "tweets/00000000000000aa"], request.AuxiliaryDatasets!);
        Assert.Equal(
            new FurtherPretraining { Epochs = 2, MaxSteps = 1000, MaxMinutes = 30.5, BatchSize = 16, MaxLength = 256, LearningRate = 1e-4, WarmupSteps = 100, MlmProbability = 0.2 },
            request.FurtherPretraining);
    }

    [Fact]
    public void The_documented_example_is_valid_and_names_every_setting()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "retrain.md"));
        var example = page.Split("## Example")[1].Split("```json")[1].Split("```")[0];

        var request = RetrainMessage.Parse(example);

        // The example has no trace: it would be copied into many messages.
        Assert.All(typeof(RetrainRequest).GetProperties().Where(property => property.Name != nameof(RetrainRequest.Traceparent)), setting => Assert.NotNull(setting.GetValue(request)));
        Assert.All(typeof(FurtherPretraining).GetProperties(), setting => Assert.NotNull(setting.GetValue(request.FurtherPretraining)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"classifierLayer": null, "hierarchical": null, "furtherPretraining": null, "auxiliaryDatasets": null, "precision": null, "saveSteps": null}""")]
    public void An_unset_or_null_setting_stays_null_in_the_request(string body) => Assert.Equal(new RetrainRequest(), RetrainMessage.Parse(body));

    [Fact]
    public void An_empty_furtherPretraining_object_uses_all_defaults() =>
        Assert.Equal(new FurtherPretraining(), RetrainMessage.Parse("""{"furtherPretraining": {}}""").FurtherPretraining);

    [Fact]
    public void A_request_survives_a_message_round_trip()
    {
        var request = new RetrainRequest { FurtherPretraining = new FurtherPretraining { MaxSteps = 7 }, Hierarchical = FractionPooling.Mean, Precision = TrainingPrecision.Bf16 };

        Assert.Equal(request, RetrainMessage.Parse(JsonSerializer.Serialize(request, PipelineJson.Message)));
    }

    [Theory]
    [InlineData("""{"hierarchical": "sum"}""", "setting hierarchical: expected one of none, mean, max, attention, found \"sum\".")]
    [InlineData("""{"precision": "fp16"}""", "setting precision: expected one of fp32, bf16, auto, found \"fp16\".")]
    [InlineData("""{"promote": "baseline"}""", "setting promote: expected one of auto, never, aboveBaseline, found \"baseline\".")]
    [InlineData("""{"classifierLayer": "last"}""", "setting classifierLayer: expected a whole number of at most 2147483647, found \"last\".")]
    [InlineData("""{"furtherPretraining": true}""", "setting furtherPretraining: expected an object of settings, found true.")]
    [InlineData("""{"furtherPretraining": [{}]}""", "setting furtherPretraining: expected an object of settings, found [{}].")]
    [InlineData("""{"furtherPretraining": {"epochs": "two"}}""", "setting furtherPretraining.epochs: expected a whole number of at most 2147483647, found \"two\".")]
    [InlineData("""{"furtherPretraining": {"epochs": null}}""", "setting furtherPretraining.epochs: expected a whole number of at most 2147483647, found null.")]
    [InlineData("""{"furtherPretraining": {"mlmProbability": "0.15"}}""", "setting furtherPretraining.mlmProbability: expected a number, found \"0.15\".")]
    [InlineData("""{"auxiliaryDatasets": "books"}""", "setting auxiliaryDatasets: expected a list of strings, found \"books\".")]
    [InlineData("""{"auxiliaryDatasets": {"books": 1}}""", "setting auxiliaryDatasets: expected a list of strings, found {\"books\": 1}.")]
    [InlineData("""{"auxiliaryDatasets": ["books", 2]}""", "setting auxiliaryDatasets[1]: expected a string, found 2.")]
    public void A_setting_of_the_wrong_type_is_rejected_with_its_path(string body, string reason) => AssertRejected("retrain-setting-type", body, reason);

    [Theory]
    [InlineData("""{"mlmEpochs": 2}""", "found 'mlmEpochs'.")]
    [InlineData("""{"furtherPretraining": {"seed": 1}}""", "found 'furtherPretraining.seed'.")]
    [InlineData("""{"furtherPretraining": {"Epochs": 1}}""", "found 'furtherPretraining.Epochs'.")]
    [InlineData("""{"furtherPretraining": {"furtherPretraining": {}}}""", "found 'furtherPretraining.furtherPretraining'.")]
    public void An_unknown_setting_is_rejected_with_its_path(string body, string reason) => AssertRejected("retrain-unknown-setting", body, reason);

    [Theory]
    [InlineData("""{"saveSteps": 1, "saveSteps": 1}""", "'saveSteps' twice.")]
    [InlineData("""{"furtherPretraining": {"epochs": 1, "maxSteps": 2, "epochs": 1}}""", "'furtherPretraining.epochs' twice.")]
    [InlineData("""{"furtherPretraining": {}, "furtherPretraining": {}}""", "'furtherPretraining' twice.")]
    public void A_repeated_setting_is_rejected_with_its_path(string body, string reason) => AssertRejected("retrain-repeated-setting", body, reason);

    [Fact]
    public void The_error_for_an_unknown_nested_setting_lists_the_nested_settings() =>
        AssertRejected(
            "retrain-unknown-setting", """{"furtherPretraining": {"steps": 1}}""",
            "expected only the settings furtherPretraining.batchSize, furtherPretraining.epochs, furtherPretraining.learningRate, furtherPretraining.maxLength, furtherPretraining.maxMinutes, furtherPretraining.maxSteps, furtherPretraining.mlmProbability, furtherPretraining.warmupSteps, found 'furtherPretraining.steps'.");

    [Theory]
    [InlineData("""["../models"]""", "auxiliaryDatasets[0]: expected {dataset} or {dataset}/{version}, found '../models'.")]
    [InlineData("""["books", "a/b/c"]""", "auxiliaryDatasets[1]: expected {dataset} or {dataset}/{version}, found 'a/b/c'.")]
    [InlineData("""[""]""", "auxiliaryDatasets[0]: expected {dataset} or {dataset}/{version}, found ''.")]
    [InlineData("""["books", null]""", "auxiliaryDatasets[1]: expected {dataset} or {dataset}/{version}, found null.")]
    public void An_invalid_auxiliary_dataset_name_is_rejected(string names, string reason) =>
        AssertRejected("retrain-dataset-name", $$"""{"auxiliaryDatasets": {{names}}}""", reason);

    [Fact]
    public void A_repeated_auxiliary_dataset_is_rejected() =>
        AssertRejected("retrain-auxiliary-repeated", """{"auxiliaryDatasets": ["books", "tweets", "books"]}""", "setting auxiliaryDatasets[2]: expected each name once, found 'books' twice.");

    [Fact]
    public void Eight_auxiliary_datasets_are_accepted_and_a_ninth_is_rejected()
    {
        string[] names = [.. Enumerable.Range(1, 9).Select(i => $"d{i}")];

        Assert.Equal(names[..8], RetrainMessage.Parse(Body(names[..8])).AuxiliaryDatasets!);
        AssertRejected("retrain-auxiliary-count", Body(names), "setting auxiliaryDatasets: expected at most 8 names, found 9.");

        static string Body(string[] names) => JsonSerializer.Serialize(new RetrainRequest { AuxiliaryDatasets = names }, PipelineJson.Message);
    }

    private static void AssertRejected(string rule, string body, string reason)
    {
        var rejected = Assert.Throws<InputRejectedException>(() => RetrainMessage.Parse(body));
        Assert.Equal(rule, rejected.Rule);
        Assert.Contains(reason, rejected.Message, StringComparison.Ordinal);
    }
}
