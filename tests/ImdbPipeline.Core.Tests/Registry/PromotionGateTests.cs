using ImdbPipeline.Core.Registry;

namespace ImdbPipeline.Core.Tests.Registry;

public sealed class PromotionGateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0.91, 0.90, 0, true)]
    [InlineData(0.89, 0.90, 60, false)]
    [InlineData(0.90, 0.90, 1, true)]
    [InlineData(0.90, 0.90, 0, false)]
    [InlineData(0.90, 0.90, -1, false)]
    [InlineData(double.NaN, 0.90, 1, false)]
    public void Higher_accuracy_wins_and_at_equal_accuracy_the_newer_model(double challenger, double champion, int minutesLater, bool passes) =>
        Assert.Equal(passes, PromotionGate.Judge(Model("b", challenger, Noon.AddMinutes(minutesLater)), Model("a", champion, Noon), aboveBaseline: false, new PromotionOptions()).Passed);

    [Fact]
    public void A_model_without_validation_accuracy_never_passes() =>
        Assert.False(PromotionGate.Judge(Model("b", null, Noon), null, aboveBaseline: false, new PromotionOptions()).Passed);

    [Fact]
    public void The_reason_says_if_accuracies_were_measured_on_different_datasets() =>
        Assert.Contains(
            "different datasets",
            PromotionGate.Judge(Model("b", 0.95, Noon) with { Dataset = "other/1" }, Model("a", 0.9, Noon), aboveBaseline: false, new PromotionOptions()).Reason,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(0.91, 0.90, true)]
    [InlineData(0.90, 0.90, true)]
    [InlineData(0.89, 0.90, false)]
    [InlineData(0.89, double.NaN, false)]
    [InlineData(0.89, null, false)]
    public void With_aboveBaseline_a_model_must_match_its_linear_baseline(double accuracy, double? baseline, bool passes)
    {
        var challenger = Model("b", accuracy, Noon, baseline);

        Assert.Equal(passes, PromotionGate.Judge(challenger, null, aboveBaseline: true, new PromotionOptions()).Passed);
        Assert.True(PromotionGate.Judge(challenger, null, aboveBaseline: false, new PromotionOptions()).Passed);
        Assert.Equal(accuracy < baseline, PromotionGate.Judge(challenger, null, aboveBaseline: false, new PromotionOptions()).Reason.Contains("below the linear baseline", StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_above_its_baseline_still_has_to_beat_the_champion() =>
        Assert.False(PromotionGate.Judge(Model("b", 0.91, Noon, baseline: 0.90), Model("a", 0.92, Noon), aboveBaseline: true, new PromotionOptions()).Passed);

    [Theory]
    [InlineData(99, false)]
    [InlineData(100, true)]
    public void A_model_that_was_validated_on_few_texts_replaces_no_champion(int texts, bool passes)
    {
        var model = Model("b", 0.95, Noon);
        var challenger = model with { Metrics = new Dictionary<string, double>(model.Metrics) { [ModelManifest.ValidationTextsName] = texts } };

        Assert.Equal(passes, PromotionGate.Judge(challenger, Model("a", 0.9, Noon), aboveBaseline: false, new PromotionOptions()).Passed);
        Assert.True(PromotionGate.Judge(challenger, null, aboveBaseline: false, new PromotionOptions()).Passed);
    }

    private static ModelManifest Model(string version, double? accuracy, DateTimeOffset createdAt, double? baseline = null) => new()
    {
        Version = version,
        Files = [],
        Labels = ["neg", "pos"],
        Metrics = Metrics((ModelManifest.ValidationAccuracyName, accuracy), (ModelManifest.BaselineValidationAccuracyName, baseline)),
        Dataset = "reviews/0",
        CreatedAt = createdAt,
    };

    private static Dictionary<string, double> Metrics(params IEnumerable<(string Name, double? Value)> figures) =>
        figures.Where(figure => figure.Value is not null).ToDictionary(figure => figure.Name, figure => figure.Value!.Value);
}
