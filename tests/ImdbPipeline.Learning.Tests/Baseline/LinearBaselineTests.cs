using ImdbPipeline.Learning.Baseline;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests.Baseline;

public sealed class LinearBaselineTests
{
    [Fact]
    public async Task The_baseline_learns_the_negation_of_the_following_word()
    {
        var baseline = await RunAsync(new TinyDataset(train: 600), seed: 1);

        Assert.True(baseline.Validation!.Accuracy > 0.9, $"validation accuracy {baseline.Validation.Accuracy}");
        Assert.True(baseline.Test!.Accuracy > 0.9, $"test accuracy {baseline.Test.Accuracy}");
        Assert.Equal(60, baseline.Test.Texts);
    }

    [Fact]
    public async Task The_baseline_distinguishes_more_than_two_labels()
    {
        var baseline = await RunAsync(new TinyDataset(train: 600, labels: ["neg", "pos", "so-so"]), seed: 1);

        Assert.True(baseline.Test!.Accuracy > 0.8, $"test accuracy {baseline.Test.Accuracy}");
        Assert.Equal(3, baseline.Test.Confusion.Count);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_loss_bit_for_bit()
    {
        var one = await RunAsync(new TinyDataset(train: 200, labels: ["neg", "pos", "so-so"]), seed: 5);
        var two = await RunAsync(new TinyDataset(train: 200, labels: ["neg", "pos", "so-so"]), seed: 5);
        var other = await RunAsync(new TinyDataset(train: 200, labels: ["neg", "pos", "so-so"]), seed: 6);

        Assert.Equal((one.Validation!.Loss, one.Test!.Loss), (two.Validation!.Loss, two.Test!.Loss));
        Assert.NotEqual(one.Test.Loss, other.Test!.Loss);
    }

    [Fact]
    public async Task A_dataset_without_validation_and_test_texts_has_no_metrics()
    {
        var baseline = await RunAsync(new TinyDataset(train: 40, heldOut: 0), seed: 1);

        Assert.Null(baseline.Validation);
        Assert.Null(baseline.Test);
    }

    private static Task<LinearBaseline> RunAsync(TinyDataset dataset, int seed) => LinearBaseline.RunAsync(dataset, seed, null, CancellationToken.None);
}
