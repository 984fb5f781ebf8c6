using ImdbPipeline.Core.Registry;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Registry;

public sealed class ModelRegistryTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task First_model_becomes_champion()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishAsync("a", 0.8);

        var outcome = await pipeline.Registry.PromoteAsync("a", "run-a", aboveBaseline: false, Cancelled);

        Assert.True(outcome.Promoted);
        var champion = await pipeline.Registry.ReadChampionAsync(Cancelled);
        Assert.Equal("a", champion.Model);
        var step = Assert.Single(champion.History);
        Assert.Equal((RegistryAction.Promote, "a", null, 0.8, "run-a"), (step.Action, step.Model, step.Previous, step.ValidationAccuracy, step.By));
    }

    [Fact]
    public async Task Of_fifty_models_promoted_at_once_the_best_wins_and_history_is_one_chain()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var models = Enumerable.Range(0, 50).Select(i => (Version: $"m{i:00}", Accuracy: 0.5 + (i * 37 % 50) / 100.0)).ToList();
        await Parallel.ForEachAsync(models, Cancelled, async (model, _) => await pipeline.PublishAsync(model.Version, model.Accuracy));

        var outcomes = await Task.WhenAll(models.Select(m => pipeline.Registry.PromoteAsync(m.Version, "run-" + m.Version, aboveBaseline: false, Cancelled)));

        var champion = await pipeline.Registry.ReadChampionAsync(Cancelled);
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
    public async Task Worse_model_stays_published_and_the_reason_names_both_figures()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("a", 0.9);
        await pipeline.PublishAsync("b", 0.8);

        var outcome = await pipeline.Registry.PromoteAsync("b", "run-b", aboveBaseline: false, Cancelled);

        Assert.False(outcome.Promoted);
        Assert.Contains("0.8000 against 0.9000 of champion a", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal("a", (await pipeline.Registry.ReadChampionAsync(Cancelled)).Model);
    }

    [Fact]
    public async Task Model_below_its_linear_baseline_is_promoted_only_where_that_was_not_asked()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishAsync("a", 0.5, baseline: 0.9);

        var asked = await pipeline.Registry.PromoteAsync("a", "run-a", aboveBaseline: true, Cancelled);

        Assert.False(asked.Promoted);
        Assert.Contains("below the linear baseline", asked.Reason, StringComparison.Ordinal);
        Assert.Null((await pipeline.Registry.ReadChampionAsync(Cancelled)).Model);
        Assert.True((await pipeline.Registry.PromoteAsync("a", "run-a", aboveBaseline: false, Cancelled)).Promoted);
    }

    [Fact]
    public async Task Promotion_delivered_again_after_a_rollback_does_not_undo_the_rollback()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishAsync("a", 0.8);
        await pipeline.PublishAsync("b", 0.9);
        await pipeline.Registry.PromoteAsync("a", "run-a", aboveBaseline: false, Cancelled);
        await pipeline.Registry.PromoteAsync("b", "run-b", aboveBaseline: false, Cancelled);
        await pipeline.Registry.RollbackAsync("someone", Cancelled);

        var again = await pipeline.Registry.PromoteAsync("b", "run-b", aboveBaseline: false, Cancelled);

        Assert.True(again.Promoted);
        Assert.Equal("a", again.Champion.Model);
        Assert.Equal(3, again.Champion.History.Count);
    }

    [Fact]
    public async Task Each_rollback_goes_back_one_champion_until_there_is_none()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        foreach (var (model, accuracy) in new[] { ("a", 0.7), ("b", 0.8), ("c", 0.9) })
        {
            await pipeline.PublishAsync(model, accuracy);
            await pipeline.Registry.PromoteAsync(model, "run-" + model, aboveBaseline: false, Cancelled);
        }

        Assert.Equal("b", (await pipeline.Registry.RollbackAsync("someone", Cancelled)).Model);
        var last = await pipeline.Registry.RollbackAsync("someone", Cancelled);

        Assert.Equal("a", last.Model);
        Assert.Equal((RegistryAction.Rollback, "a", "b", "someone"), (last.History[^1].Action, last.History[^1].Model, last.History[^1].Previous, last.History[^1].By));
        var refused = await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.Registry.RollbackAsync("someone", Cancelled));
        Assert.Equal("no-earlier-champion", refused.Rule);
    }

    [Fact]
    public async Task Two_people_who_roll_back_at_once_go_back_one_step_in_all()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        foreach (var model in new[] { "a", "b", "c" })
        {
            await pipeline.PublishAsync(model, 0.9);
            await pipeline.Registry.PinAsync(model, "someone", Cancelled);
        }
        var read = await pipeline.Registry.ReadChampionAsync(Cancelled);

        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => Outcome(pipeline.Registry.RollbackAsync($"person {i}", Cancelled))));

        // Either they met, and one was told so, or the second came after the first and meant the champion it saw.
        var after = await pipeline.Registry.ReadChampionAsync(Cancelled);
        Assert.Equal("c", read.Model);
        Assert.Equal(both.Count(refused => refused is null), after.History.Count - read.History.Count);
        Assert.All(both.OfType<InputRejectedException>(), e => Assert.Equal("champion-changed", e.Rule));
    }

    [Fact]
    public async Task Pin_makes_any_published_model_champion_and_no_other()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("a", 0.9);
        await pipeline.PublishAsync("b", 0.5);

        Assert.Equal("b", (await pipeline.Registry.PinAsync("b", "someone", Cancelled)).Model);

        var refused = await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.Registry.PinAsync("unpublished", "someone", Cancelled));
        Assert.Equal("model-unknown", refused.Rule);
        Assert.Equal("b", (await pipeline.Registry.ReadChampionAsync(Cancelled)).Model);
    }

    [Fact]
    public async Task Folders_without_manifest_and_base_models_are_not_listed()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishAsync("old", 0.8);
        await pipeline.PublishAsync("new", 0.8, minutes: 5);
        foreach (var path in new[] { "unfinished/config.json", "base/some/manifest.json" })
            await pipeline.Storage.Models.GetBlobClient(path).UploadAsync(new BinaryData("{}"), Cancelled);

        Assert.Equal(["new", "old"], (await pipeline.Registry.ListAsync(10, Cancelled)).Select(m => m.Version));
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
