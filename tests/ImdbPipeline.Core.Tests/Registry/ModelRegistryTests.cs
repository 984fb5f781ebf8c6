using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Registry;

[Slow]
public sealed class ModelRegistryTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_model_becomes_champion()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishAsync("a", 0.8);

        var outcome = await pipeline.Registry.PromoteAsync(LabelledTask.Default, "a", "run-a", aboveBaseline: false, Cancellation);

        Assert.True(outcome.Promoted);
        var champion = await pipeline.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation);
        Assert.Equal("a", champion.Model);
        var step = Assert.Single(champion.History);
        Assert.Equal((RegistryAction.Promote, "a", null, 0.8, "run-a"), (step.Action, step.Model, step.Previous, step.ValidationAccuracy, step.By));
    }

    [Fact]
    public async Task A_damaged_champion_record_stops_a_promotion_but_not_the_run_and_is_named()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishAsync("a", 0.8);
        await pipeline.Storage.Models.GetBlobClient(StorageLayout.Champion(LabelledTask.Default)).UploadAsync(new BinaryData("{ half a reco"), Cancellation);

        var outcome = await pipeline.Registry.PromoteAsync(LabelledTask.Default, "a", "run-a", aboveBaseline: false, Cancellation);

        Assert.False(outcome.Promoted);
        Assert.StartsWith("models/_tasks/default/champion.json: expected a valid Champion", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_fifty_models_are_promoted_at_once_the_best_wins_and_the_history_is_one_chain()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var models = Enumerable.Range(0, 50).Select(i => (Version: $"m{i:00}", Accuracy: 0.5 + (i * 37 % 50) / 100.0)).ToList();
        await Parallel.ForEachAsync(models, Cancellation, async (model, _) => await pipeline.PublishAsync(model.Version, model.Accuracy));

        var outcomes = await Task.WhenAll(models.Select(m => pipeline.Registry.PromoteAsync(LabelledTask.Default, m.Version, "run-" + m.Version, aboveBaseline: false, Cancellation)));

        var champion = await pipeline.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation);
        Assert.Equal(models.MaxBy(m => m.Accuracy).Version, champion.Model);
        Assert.Equal(outcomes.Count(o => o.Promoted), champion.History.Count);
        string? previous = null;
        double bar = 0;
        foreach (var step in champion.History)
        {
            Assert.Equal(previous, step.Previous);
            Assert.True(step.ValidationAccuracy > bar);
            (previous, bar) = (step.Model, step.ValidationAccuracy!.Value);
        }
    }

    [Fact]
    public async Task A_worse_model_is_not_promoted_and_the_reason_names_both_accuracies()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("a", 0.9);
        await pipeline.PublishAsync("b", 0.8);

        var outcome = await pipeline.Registry.PromoteAsync(LabelledTask.Default, "b", "run-b", aboveBaseline: false, Cancellation);

        Assert.False(outcome.Promoted);
        Assert.Contains("0.8000 vs. 0.9000 for champion a", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal("a", (await pipeline.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation)).Model);
    }

    [Fact]
    public async Task A_model_below_its_linear_baseline_is_promoted_only_without_aboveBaseline()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishAsync("a", 0.5, baseline: 0.9);

        var outcome = await pipeline.Registry.PromoteAsync(LabelledTask.Default, "a", "run-a", aboveBaseline: true, Cancellation);

        Assert.False(outcome.Promoted);
        Assert.Contains("below the linear baseline", outcome.Reason, StringComparison.Ordinal);
        Assert.Null((await pipeline.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation)).Model);
        Assert.True((await pipeline.Registry.PromoteAsync(LabelledTask.Default, "a", "run-a", aboveBaseline: false, Cancellation)).Promoted);
    }

    [Fact]
    public async Task A_promotion_redelivered_after_a_rollback_does_not_undo_the_rollback()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishAsync("a", 0.8);
        await pipeline.PublishAsync("b", 0.9);
        await pipeline.Registry.PromoteAsync(LabelledTask.Default, "a", "run-a", aboveBaseline: false, Cancellation);
        await pipeline.Registry.PromoteAsync(LabelledTask.Default, "b", "run-b", aboveBaseline: false, Cancellation);
        await pipeline.Registry.RollbackAsync(LabelledTask.Default, "someone", Cancellation);

        var again = await pipeline.Registry.PromoteAsync(LabelledTask.Default, "b", "run-b", aboveBaseline: false, Cancellation);

        Assert.True(again.Promoted);
        var champion = await pipeline.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation);
        Assert.Equal("a", champion.Model);
        Assert.Equal(3, champion.History.Count);
    }

    [Fact]
    public async Task A_version_that_was_rolled_back_becomes_champion_again_only_by_hand()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        foreach (var (model, accuracy) in (List<(string, double)>)[("a", 0.8), ("b", 0.9)])
        {
            await pipeline.PublishAsync(model, accuracy);
            await pipeline.Registry.PromoteAsync(LabelledTask.Default, model, "run-" + model, aboveBaseline: false, Cancellation);
        }
        await pipeline.Registry.RollbackAsync(LabelledTask.Default, "someone", Cancellation);

        // Training again on the same data gives the same version.
        var outcome = await pipeline.Registry.PromoteAsync(LabelledTask.Default, "b", "run-b-again", aboveBaseline: false, Cancellation);

        Assert.False(outcome.Promoted);
        Assert.Contains("was champion before and was rolled back", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal("b", (await pipeline.Registry.PinAsync(LabelledTask.Default, "b", "someone", Cancellation)).Model);
    }

    [Fact]
    public async Task Each_rollback_goes_back_one_champion_until_none_is_left()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        foreach (var (model, accuracy) in new[] { ("a", 0.7), ("b", 0.8), ("c", 0.9) })
        {
            await pipeline.PublishAsync(model, accuracy);
            await pipeline.Registry.PromoteAsync(LabelledTask.Default, model, "run-" + model, aboveBaseline: false, Cancellation);
        }

        Assert.Equal("b", (await pipeline.Registry.RollbackAsync(LabelledTask.Default, "someone", Cancellation)).Model);
        var last = await pipeline.Registry.RollbackAsync(LabelledTask.Default, "someone", Cancellation);

        Assert.Equal("a", last.Model);
        Assert.Equal((RegistryAction.Rollback, "a", "b", "someone"), (last.History[^1].Action, last.History[^1].Model, last.History[^1].Previous, last.History[^1].By));
        var rejected = await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.Registry.RollbackAsync(LabelledTask.Default, "someone", Cancellation));
        Assert.Equal("no-earlier-champion", rejected.Rule);
    }

    [Fact]
    public async Task Two_concurrent_rollbacks_of_the_same_champion_go_back_one_step()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        foreach (var model in new[] { "a", "b", "c" })
        {
            await pipeline.PublishAsync(model, 0.9);
            await pipeline.Registry.PinAsync(LabelledTask.Default, model, "someone", Cancellation);
        }
        var before = await pipeline.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation);

        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => Outcome(pipeline.Registry.RollbackAsync(LabelledTask.Default, $"person {i}", Cancellation))));

        // Either they collided and one was rejected, or the second started after the first and rolled back the champion it saw.
        var after = await pipeline.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation);
        Assert.Equal("c", before.Model);
        Assert.Equal(both.Count(rejection => rejection is null), after.History.Count - before.History.Count);
        Assert.All(both.OfType<InputRejectedException>(), e => Assert.Equal("champion-changed", e.Rule));
    }

    [Fact]
    public async Task Only_published_models_can_be_pinned_even_if_worse()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("a", 0.9);
        await pipeline.PublishAsync("b", 0.5);

        Assert.Equal("b", (await pipeline.Registry.PinAsync(LabelledTask.Default, "b", "someone", Cancellation)).Model);

        var rejected = await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.Registry.PinAsync(LabelledTask.Default, "unpublished", "someone", Cancellation));
        Assert.Equal("model-unknown", rejected.Rule);
        Assert.Equal("b", (await pipeline.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation)).Model);
    }

    [Fact]
    public async Task Folders_without_a_manifest_and_base_models_are_not_listed()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishAsync("old", 0.8);
        await pipeline.PublishAsync("new", 0.8, minutes: 5);
        foreach (var path in new[] { "unfinished/config.json", "base/some/manifest.json" })
            await pipeline.Storage.Models.GetBlobClient(path).UploadAsync(new BinaryData("{}"), Cancellation);

        Assert.Equal(["new", "old"], (await pipeline.Registry.ListAsync(10, Cancellation)).Select(m => m.Version));
    }

    private static async Task<Exception?> Outcome(Task task)
    {
        try
        {
            await task;
            return null;
        }
        catch (InputRejectedException e)
        {
            return e;
        }
    }
}
