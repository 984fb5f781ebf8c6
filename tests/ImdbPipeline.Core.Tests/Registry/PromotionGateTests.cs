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
        Assert.Equal(passes, PromotionGate.Judge(Model("b", challenger, Noon.AddMinutes(minutesLater)), Model("a", champion, Noon)).Passed);

    [Fact]
    public void Model_without_accuracy_never_passes_by_itself() =>
        Assert.False(PromotionGate.Judge(Model("b", null, Noon), null).Passed);

    [Fact]
    public void Reason_says_when_the_figures_come_from_different_data_sets() =>
        Assert.Contains(
            "different data sets",
            PromotionGate.Judge(Model("b", 0.95, Noon) with { Dataset = "other/1" }, Model("a", 0.9, Noon)).Reason,
            StringComparison.Ordinal);

    private static ModelManifest Model(string version, double? accuracy, DateTimeOffset createdAt) => new()
    {
        Version = version,
        Files = [],
        Labels = ["neg", "pos"],
        Metrics = accuracy is { } value ? new Dictionary<string, double> { [ModelManifest.ValidationAccuracyName] = value } : [],
        Dataset = "reviews/0",
        CreatedAt = createdAt,
    };
}
