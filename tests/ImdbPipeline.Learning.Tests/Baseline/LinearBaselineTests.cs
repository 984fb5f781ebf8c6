using ImdbPipeline.Learning.Baseline;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests.Baseline;

public sealed class LinearBaselineTests
{
    [Fact]
    public async Task The_baseline_learns_the_negation_of_the_following_word()
    {
        var baseline = await RunAsync(new TinyDataset(train: 600), seed: 1);

        Assert.True(baseline.Validation.Evaluate()!.Accuracy > 0.9, $"validation accuracy {baseline.Validation.Evaluate()!.Accuracy}");
        Assert.True(baseline.Test.Evaluate()!.Accuracy > 0.9, $"test accuracy {baseline.Test.Evaluate()!.Accuracy}");
        Assert.Equal(60, baseline.Test.Labels.Count);
    }

    [Fact]
    public async Task The_baseline_distinguishes_more_than_two_labels()
    {
        var baseline = await RunAsync(new TinyDataset(train: 600, labels: ["neg", "pos", "so-so"]), seed: 1);

        Assert.True(baseline.Test.Evaluate()!.Accuracy > 0.8, $"test accuracy {baseline.Test.Evaluate()!.Accuracy}");
        Assert.Equal(3, baseline.Test.Evaluate()!.Confusion.Count);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_loss_bit_for_bit()
    {
        var one = await RunAsync(new TinyDataset(train: 200, labels: ["neg", "pos", "so-so"]), seed: 5);
        var two = await RunAsync(new TinyDataset(train: 200, labels: ["neg", "pos", "so-so"]), seed: 5);
        var other = await RunAsync(new TinyDataset(train: 200, labels: ["neg", "pos", "so-so"]), seed: 6);

        Assert.Equal((one.Validation.Evaluate()!.Loss, one.Test.Evaluate()!.Loss), (two.Validation.Evaluate()!.Loss, two.Test.Evaluate()!.Loss));
        Assert.NotEqual(one.Test.Evaluate()!.Loss, other.Test.Evaluate()!.Loss);
    }

    [Fact]
    public async Task A_dataset_without_validation_and_test_texts_has_no_metrics()
    {
        var baseline = await RunAsync(new TinyDataset(train: 40, heldOut: 0), seed: 1);

        Assert.Null(baseline.Validation.Evaluate());
        Assert.Null(baseline.Test.Evaluate());
    }

    private static Task<LinearBaseline> RunAsync(TinyDataset dataset, int seed) => LinearBaseline.RunAsync(dataset, seed, null, null, CancellationToken.None);
}
