using System.Text.Json;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Scoring;

/// <summary>Checks which model scores a file while people promote, pin and roll back.</summary>
[Slow]
public sealed class ScoringModelTests(AzuriteFixture azurite)
{
    private const int Rows = 9;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rollback_records_one_step_and_the_next_file_is_scored_by_the_earlier_model()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await PromoteAsync(pipeline, "m1", 0.8);
        await PromoteAsync(pipeline, "m2", 0.9);
        await ScoreAsync(pipeline, "before.jsonl");

        var champion = await pipeline.Registry.RollbackAsync(LabelledTask.Default, "someone", Cancellation);
        await ScoreAsync(pipeline, "after.jsonl");

        Assert.Equal([RegistryAction.Promote, RegistryAction.Promote, RegistryAction.Rollback], champion.History.Select(step => step.Action));
        var step = champion.History[^1];
        Assert.Equal(("m1", "m2", "someone", 0.8), (step.Model, step.Previous, step.By, step.ValidationAccuracy));
        Assert.Equal("m2", await ModelAsync(pipeline, "before.jsonl"));
        Assert.Equal("m1", await ModelAsync(pipeline, "after.jsonl"));
    }

    [Fact]
    public async Task A_file_being_scored_keeps_its_model_when_the_champion_is_rolled_back()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await PromoteAsync(pipeline, "m1", 0.8);
        await PromoteAsync(pipeline, "m2", 0.9);
        await BeginAsync(pipeline, "reviews.jsonl");
        Assert.Equal(1, await pipeline.ScoreShardsAsync(most: 1));

        await pipeline.Registry.RollbackAsync(LabelledTask.Default, "someone", Cancellation);
        await pipeline.ScoreShardsAsync();

        Assert.Equal("m2", await ModelAsync(pipeline, "reviews.jsonl"));
    }

    [Fact]
    public async Task A_file_is_scored_in_one_precision_even_if_hosts_are_set_to_different_ones()
    {
        await using var first = await PipelineUnderTest.StartAsync(azurite);
        await using var second = first.StartSecondHost();
        (first.Scorers.Precision, second.Scorers.Precision) = (ScoringPrecision.Int8, ScoringPrecision.Bf16);
        await PromoteAsync(first, "m1", 0.8);
        await BeginAsync(first, "reviews.jsonl");

        Assert.Equal(1, await first.ScoreShardsAsync(most: 1));
        Assert.NotEqual(0, await second.ScoreShardsAsync());

        var logits = new KeywordScorer("m1", ScoringPrecision.Int8).Score(["good film"], null, Cancellation)[0].Logits;
        var lines = (await first.ReadScoresAsync(StorageLayout.ScoredFile("reviews.jsonl"))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Equal(logits, JsonSerializer.Deserialize<ScoreRecord>(line, PipelineJson.Line)!.Logits!));
    }

    [Fact]
    public async Task Each_file_is_scored_by_the_champion_at_its_start_however_the_champion_changes()
    {
        const int Moves = 60;
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await PromoteAsync(pipeline, "m0", 0.5);
        var random = new Random(41);
        var expectedModels = new Dictionary<string, string>();
        var steps = new Dictionary<RegistryAction, int>();
        for (var move = 1; move <= Moves; move++)
        {
            var before = await pipeline.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation);
            switch (random.Next(6))
            {
                case 0:
                    await PromoteAsync(pipeline, $"m{move}", 0.5 + (move / 1000.0));
                    break;
                case 1 when ChampionHistory.FindPrevious(before) is not null:
                    await pipeline.Registry.RollbackAsync(LabelledTask.Default, "someone", Cancellation);
                    break;
                case 2:
                    await pipeline.Registry.PinAsync(LabelledTask.Default, before.History[random.Next(before.History.Count)].Model, "someone", Cancellation);
                    break;
                case 3:
                    expectedModels[$"f{move}.jsonl"] = before.Model!;
                    await BeginAsync(pipeline, $"f{move}.jsonl");
                    break;
                default:
                    await pipeline.ScoreShardsAsync(most: 2);
                    break;
            }
            var after = await pipeline.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation);
            Assert.Equal(before.History, after.History.Take(before.History.Count));
            Assert.InRange(after.History.Count - before.History.Count, 0, 1);
            if (after.History.Count > before.History.Count)
                steps[after.History[^1].Action] = steps.GetValueOrDefault(after.History[^1].Action) + 1;
        }
        await pipeline.ScoreShardsAsync();

        Assert.True(expectedModels.Values.Distinct().Count() > 2 && steps.Count == 3, "the random moves do not cover all actions and at least three models");
        foreach (var (file, model) in expectedModels)
            Assert.Equal(model, await ModelAsync(pipeline, file));
        ReportedFigures.Report($"{Moves} moves: {steps[RegistryAction.Promote]} promotions, {steps[RegistryAction.Rollback]} rollbacks, {steps[RegistryAction.Pin]} pins; {expectedModels.Count} files scored by {expectedModels.Values.Distinct().Count()} models, none by two");
    }

    private static async Task PromoteAsync(PipelineUnderTest pipeline, string model, double accuracy)
    {
        await pipeline.PublishAsync(model, accuracy);
        await pipeline.Registry.PromoteAsync(LabelledTask.Default, model, "run-" + model, aboveBaseline: false, Cancellation);
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

    /// <returns>The model named by every row and by the summary.</returns>
    private static async Task<string> ModelAsync(PipelineUnderTest pipeline, string file)
    {
        var lines = (await pipeline.ReadScoresAsync(StorageLayout.ScoredFile(file))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Rows, lines.Length);
        var model = Assert.Single(lines.Select(line => JsonSerializer.Deserialize<ScoreRecord>(line, PipelineJson.Line)!.Model).Distinct());
        Assert.Equal(model, (await pipeline.FindScoresAsync<ScoreSummary>(StorageLayout.ScoreSummary(file)))!.Model);
        return model!;
    }
}
