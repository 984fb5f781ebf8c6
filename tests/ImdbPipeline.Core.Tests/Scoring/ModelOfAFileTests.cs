using System.Text.Json;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Scoring;

/// <summary>Which model scores a file, while people promote, pin and roll back.</summary>
public sealed class ModelOfAFileTests(AzuriteFixture azurite)
{
    private const int Rows = 9;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rollback_is_one_recorded_step_and_the_next_file_is_scored_by_the_earlier_model()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await PromoteAsync(pipeline, "m1", 0.8);
        await PromoteAsync(pipeline, "m2", 0.9);
        await ScoreAsync(pipeline, "before.jsonl");

        var champion = await pipeline.Registry.RollbackAsync("someone", Cancelled);
        await ScoreAsync(pipeline, "after.jsonl");

        Assert.Equal([RegistryAction.Promote, RegistryAction.Promote, RegistryAction.Rollback], champion.History.Select(step => step.Action));
        var step = champion.History[^1];
        Assert.Equal(("m1", "m2", "someone", 0.8), (step.Model, step.Previous, step.By, step.ValidationAccuracy));
        Assert.Equal("m2", await ModelAsync(pipeline, "before.jsonl"));
        Assert.Equal("m1", await ModelAsync(pipeline, "after.jsonl"));
    }

    [Fact]
    public async Task File_in_the_middle_of_scoring_keeps_its_model_though_the_champion_is_rolled_back()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await PromoteAsync(pipeline, "m1", 0.8);
        await PromoteAsync(pipeline, "m2", 0.9);
        await BeginAsync(pipeline, "reviews.jsonl");
        Assert.Equal(1, await pipeline.ScoreShardsAsync(most: 1));

        await pipeline.Registry.RollbackAsync("someone", Cancelled);
        await pipeline.ScoreShardsAsync();

        Assert.Equal("m2", await ModelAsync(pipeline, "reviews.jsonl"));
    }

    [Fact]
    public async Task Whatever_becomes_of_the_champion_each_file_is_scored_by_the_one_it_began_with()
    {
        const int Moves = 60;
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await PromoteAsync(pipeline, "m0", 0.5);
        var random = new Random(41);
        var began = new Dictionary<string, string>();
        var steps = new Dictionary<RegistryAction, int>();
        for (var move = 1; move <= Moves; move++)
        {
            var before = await pipeline.Registry.ReadChampionAsync(Cancelled);
            switch (random.Next(6))
            {
                case 0:
                    await PromoteAsync(pipeline, $"m{move}", 0.5 + (move / 1000.0));
                    break;
                case 1 when ChampionHistory.FindPrevious(before) is not null:
                    await pipeline.Registry.RollbackAsync("someone", Cancelled);
                    break;
                case 2:
                    await pipeline.Registry.PinAsync(before.History[random.Next(before.History.Count)].Model, "someone", Cancelled);
                    break;
                case 3:
                    began[$"f{move}.jsonl"] = before.Model!;
                    await BeginAsync(pipeline, $"f{move}.jsonl");
                    break;
                default:
                    await pipeline.ScoreShardsAsync(most: 2);
                    break;
            }
            var after = await pipeline.Registry.ReadChampionAsync(Cancelled);
            Assert.Equal(before.History, after.History.Take(before.History.Count));
            Assert.InRange(after.History.Count - before.History.Count, 0, 1);
            if (after.History.Count > before.History.Count)
                steps[after.History[^1].Action] = steps.GetValueOrDefault(after.History[^1].Action) + 1;
        }
        await pipeline.ScoreShardsAsync();

        Assert.True(began.Values.Distinct().Count() > 2 && steps.Count == 3, "the moves are too alike to tell anything");
        foreach (var (file, model) in began)
            Assert.Equal(model, await ModelAsync(pipeline, file));
        Parity.Says($"{Moves} moves: {steps[RegistryAction.Promote]} promotions, {steps[RegistryAction.Rollback]} rollbacks, {steps[RegistryAction.Pin]} pins; {began.Count} files by {began.Values.Distinct().Count()} models, none by two");
    }

    private static async Task PromoteAsync(PipelineUnderTest pipeline, string model, double accuracy)
    {
        await pipeline.PublishAsync(model, accuracy);
        await pipeline.Registry.PromoteAsync(model, "run-" + model, aboveBaseline: false, Cancelled);
    }

    private static async Task ScoreAsync(PipelineUnderTest pipeline, string file)
    {
        await BeginAsync(pipeline, file);
        await pipeline.ScoreShardsAsync();
    }

    private static async Task BeginAsync(PipelineUnderTest pipeline, string file)
    {
        await pipeline.UploadAsync(file, string.Concat(Enumerable.Range(0, Rows).Select(i => $$"""{"id": "r{{i}}", "text": "good film {{i}}"}""" + "\n")));
        await pipeline.PlanAsync(file);
    }

    /// <returns>The one model that every row and the summary name.</returns>
    private static async Task<string> ModelAsync(PipelineUnderTest pipeline, string file)
    {
        var lines = (await pipeline.ReadScoresAsync(StorageLayout.ScoredFile(file))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Rows, lines.Length);
        var model = Assert.Single(lines.Select(line => JsonSerializer.Deserialize<ScoreRecord>(line, PipelineJson.Line)!.Model).Distinct());
        Assert.Equal(model, (await pipeline.FindScoresAsync<ScoreSummary>(StorageLayout.ScoreSummary(file)))!.Model);
        return model!;
    }
}
