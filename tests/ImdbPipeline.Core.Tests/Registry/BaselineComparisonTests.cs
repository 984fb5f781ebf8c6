using ImdbPipeline.Core.Registry;

namespace ImdbPipeline.Core.Tests.Registry;

public sealed class BaselineComparisonTests
{
    [Fact]
    public void A_model_below_the_linear_baseline_is_reported_with_both_accuracies() =>
        Assert.Equal(
            "below the linear baseline: validation accuracy 0.5000 vs. 0.9048",
            BaselineComparison.DescribeShortfall(Metrics(("validationAccuracy", 0.5), ("baselineValidationAccuracy", 0.9048), ("testAccuracy", 0.95), ("baselineTestAccuracy", 0.9))));

    [Fact]
    public void Without_validation_accuracies_the_test_accuracies_are_compared() =>
        Assert.Contains("test accuracy 0.6000", BaselineComparison.DescribeShortfall(Metrics(("testAccuracy", 0.6), ("baselineTestAccuracy", 0.9))), StringComparison.Ordinal);

    [Fact]
    public void A_model_as_good_as_the_baseline_or_without_a_baseline_is_not_reported()
    {
        Assert.Null(BaselineComparison.DescribeShortfall(Metrics(("validationAccuracy", 0.9), ("baselineValidationAccuracy", 0.9))));
        Assert.Null(BaselineComparison.DescribeShortfall(Metrics(("validationAccuracy", 0.5))));
    }

    private static Dictionary<string, double> Metrics(params IEnumerable<(string Name, double Value)> figures) =>
        figures.ToDictionary(figure => figure.Name, figure => figure.Value);
}
