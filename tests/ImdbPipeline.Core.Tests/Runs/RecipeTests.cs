using System.Globalization;
using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Core.Tests.Runs;

public sealed class RecipeTests
{
    [Fact]
    public void A_request_without_settings_resolves_to_the_defaults()
    {
        Assert.Equal(Recipe.Notebook with { LimitWarmup = true }, Recipe.Resolve(new RetrainRequest(), Recipe.Notebook));

        var other = new Recipe
        {
            ClassifierLayer = 4,
            Hierarchical = FractionPooling.Max,
            FurtherPretraining = new FurtherPretraining { MaxSteps = 9 },
            Precision = TrainingPrecision.Bf16,
            SaveSteps = 20,
            Promote = PromotionMode.AboveBaseline,
        };
        Assert.Equal(other with { LimitWarmup = true }, Recipe.Resolve(new RetrainRequest(), other));
    }

    [Fact]
    public void The_notebook_recipe_uses_no_setting_of_the_recipes_page()
    {
        Assert.Equal((null, FractionPooling.None, null), (Recipe.Notebook.ClassifierLayer, Recipe.Notebook.Hierarchical, Recipe.Notebook.FurtherPretraining));
        Assert.Equal((TrainingPrecision.Fp32, 500, PromotionMode.Auto), (Recipe.Notebook.Precision, Recipe.Notebook.SaveSteps, Recipe.Notebook.Promote));
    }

    [Fact]
    public void Requested_settings_take_precedence_over_the_defaults()
    {
        var requested = new FurtherPretraining { Epochs = 3, MaxSteps = 10, MaxMinutes = 2, BatchSize = 8, MaxLength = 64, LearningRate = 1e-4, WarmupSteps = 0, MlmProbability = 0.3 };
        var request = new RetrainRequest
        {
            ClassifierLayer = 12,
            Hierarchical = FractionPooling.None,
            FurtherPretraining = requested,
            Precision = TrainingPrecision.Fp32,
            SaveSteps = 1,
        };
        var defaults = new Recipe
        {
            ClassifierLayer = 4,
            Hierarchical = FractionPooling.Mean,
            FurtherPretraining = new FurtherPretraining(),
            Precision = TrainingPrecision.Bf16,
        };

        Assert.Equal(
            new Recipe { ClassifierLayer = 12, Hierarchical = FractionPooling.None, FurtherPretraining = requested, Precision = TrainingPrecision.Fp32, SaveSteps = 1, LimitWarmup = true },
            Recipe.Resolve(request, defaults));
    }

    [Theory]
    [InlineData(1, null, 0)]
    [InlineData(2, null, 1)]
    [InlineData(3, null, 2)]
    [InlineData(9, null, 2)]
    [InlineData(2, 2, 2)]
    public void Unless_requested_at_least_one_epoch_reads_whole_texts(int epochs, int? requested, int shortEpochs) => Assert.Equal(
        shortEpochs, Recipe.Resolve(new RetrainRequest { Epochs = epochs, ShortEpochs = requested }, new Recipe { Epochs = 3, ShortEpochs = 2 }).ShortEpochs);

    [Theory]
    [InlineData("classifierLayer", 1, 48)]
    [InlineData("saveSteps", 1, 1_000_000)]
    [InlineData("furtherPretraining.epochs", 1, 100)]
    [InlineData("furtherPretraining.maxSteps", 1, 10_000_000)]
    [InlineData("furtherPretraining.batchSize", 1, 1024)]
    [InlineData("furtherPretraining.maxLength", 8, 8192)]
    [InlineData("furtherPretraining.warmupSteps", 0, 1_000_000)]
    public void A_whole_number_outside_its_range_is_rejected(string setting, int min, int max)
    {
        Resolve(setting, min);
        Resolve(setting, max);

        AssertRejected(setting, min, max, min - 1);
        AssertRejected(setting, min, max, max + 1);
    }

    [Theory]
    [InlineData("furtherPretraining.maxMinutes", 0.01, 10_080)]
    [InlineData("furtherPretraining.learningRate", 1e-8, 1)]
    [InlineData("furtherPretraining.mlmProbability", 0.01, 0.9)]
    public void A_number_outside_its_range_is_rejected(string setting, double min, double max)
    {
        Resolve(setting, min);
        Resolve(setting, max);

        AssertRejected(setting, min, max, Math.BitDecrement(min));
        AssertRejected(setting, min, max, Math.BitIncrement(max));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(500, false)]
    public void Warm_up_is_limited_only_if_the_request_does_not_set_it(int? requested, bool limited) =>
        Assert.Equal(limited, Recipe.Resolve(new RetrainRequest { WarmupSteps = requested }, Recipe.Notebook).LimitWarmup);

    [Fact]
    public void NaN_is_rejected() =>
        Assert.Throws<InputRejectedException>(() =>
            Recipe.Resolve(new RetrainRequest { FurtherPretraining = new FurtherPretraining { LearningRate = double.NaN } }, Recipe.Notebook));

    [Fact]
    public void A_recipe_survives_a_JSON_round_trip()
    {
        var recipe = new Recipe { ClassifierLayer = 3, FurtherPretraining = new FurtherPretraining { WarmupSteps = 5 }, Precision = TrainingPrecision.Bf16 };

        Assert.Equal(recipe, JsonSerializer.Deserialize<Recipe>(JsonSerializer.Serialize(recipe, PipelineJson.Record), PipelineJson.Record));
    }

    private static void AssertRejected<T>(string setting, T min, T max, T value)
    {
        var rejected = Assert.Throws<InputRejectedException>(() => Resolve(setting, value));
        Assert.Equal("setting-out-of-range", rejected.Rule);
        Assert.StartsWith($"setting {setting}: expected a value from {min} to {max}, found {value}.", rejected.Message, StringComparison.Ordinal);
    }

    private static void Resolve<T>(string setting, T value)
    {
        var number = string.Create(CultureInfo.InvariantCulture, $"{value}");
        var body = setting.Split('.') is [var outer, var inner] ? $$"""{"{{outer}}": {"{{inner}}": {{number}} } }""" : $$"""{"{{setting}}": {{number}} }""";
        Recipe.Resolve(JsonSerializer.Deserialize<RetrainRequest>(body, PipelineJson.Message)!, Recipe.Notebook);
    }
}
