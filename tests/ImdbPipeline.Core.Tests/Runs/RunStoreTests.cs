using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Runs;

[Slow]
public sealed class RunStoreTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_moves_from_queued_to_published()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var runs = await WithRunAsync(pipeline, RunState.Queued);

        await runs.TransitionAsync("r", RunState.Training, run => run with { Attempts = run.Attempts + 1 }, Cancellation);
        await runs.TransitionAsync("r", RunState.Training, run => run with { Step = 5, TotalSteps = 10 }, Cancellation);
        await runs.TransitionAsync("r", RunState.Evaluating, run => run, Cancellation);
        await runs.TransitionAsync("r", RunState.Published, run => run with { Model = "m" }, Cancellation);

        var run = await pipeline.ReadRunAsync("r");
        Assert.Equal((RunState.Published, 1, 5, 10, "m"), (run.State, run.Attempts, run.Step, run.TotalSteps, run.Model));
    }

    [Theory]
    [InlineData(RunState.Queued, RunState.Published)]
    [InlineData(RunState.Published, RunState.Training)]
    [InlineData(RunState.Failed, RunState.Training)]
    [InlineData(RunState.Rejected, RunState.Queued)]
    [InlineData(RunState.Published, RunState.Published)]
    public async Task An_invalid_transition_is_rejected_and_changes_nothing(RunState from, RunState to)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var runs = await WithRunAsync(pipeline, from);

        await Assert.ThrowsAsync<RunTransitionException>(() => runs.TransitionAsync("r", to, run => run with { Reason = "changed" }, Cancellation));

        var run = await pipeline.ReadRunAsync("r");
        Assert.Equal((from, null), (run.State, run.Reason));
    }

    [Fact]
    public async Task Only_one_of_twenty_concurrent_publications_succeeds()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var runs = await WithRunAsync(pipeline, RunState.Evaluating);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                await runs.TransitionAsync("r", RunState.Published, run => run with { Model = $"m{i}" }, Cancellation);
                return $"m{i}";
            }
            catch (RunTransitionException)
            {
                return null;
            }
        }));

        Assert.Equal((await pipeline.ReadRunAsync("r")).Model, Assert.Single(outcomes, model => model is not null));
    }

    [Fact]
    public async Task No_concurrent_update_is_lost()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var runs = await WithRunAsync(pipeline, RunState.Training);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => runs.TransitionAsync("r", RunState.Training, run => run with { Step = run.Step + 1 }, Cancellation)));

        Assert.Equal(20, (await pipeline.ReadRunAsync("r")).Step);
    }

    [Fact]
    public async Task The_newest_runs_are_listed_first_up_to_the_limit()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var runs = pipeline.Get<RunStore>();
        foreach (var name in new[] { "20260102-000000-b", "20260101-000000-a", "20260103-000000-c" })
            await runs.CreateAsync(Run(name, RunState.Queued), Cancellation);
        await pipeline.Storage.Runs.GetBlobClient("_poison/retrain-poison/x.json").UploadAsync(new BinaryData("{}"), Cancellation);

        Assert.Equal(["20260103-000000-c", "20260102-000000-b"], (await runs.ListAsync(2, Cancellation)).Select(run => run.Run));
    }

    [Fact]
    public async Task Metrics_are_read_in_order_and_are_empty_before_the_first_line()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var runs = pipeline.Get<RunStore>();
        Assert.Empty(await runs.ReadMetricsAsync("r", Cancellation).ToListAsync(Cancellation));
        var lines = """{"step": 100, "epoch": 0.5, "loss": 0.7, "learningRate": 1e-5}""" + "\n" + """{"step": 200, "epoch": 1, "loss": 0.4, "learningRate": 2e-5, "tokensPerSecond": 5000}""" + "\n";
        await pipeline.Storage.Runs.GetBlobClient(StorageLayout.RunMetrics("r")).UploadAsync(new BinaryData(lines), Cancellation);

        Assert.Equal([(100, 0.7), (200, 0.4)], (await runs.ReadMetricsAsync("r", Cancellation).ToListAsync(Cancellation)).Select(line => (line.Step, line.Loss)));
    }

    private static async Task<RunStore> WithRunAsync(PipelineUnderTest pipeline, RunState state)
    {
        var runs = pipeline.Get<RunStore>();
        Assert.True(await runs.CreateAsync(Run("r", state), Cancellation));
        return runs;
    }

    private static RunRecord Run(string name, RunState state) =>
        new() { Run = name, State = state, Request = new RetrainRequest(), CreatedAt = DateTimeOffset.UnixEpoch };
}
