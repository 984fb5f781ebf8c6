using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Training;

public sealed class RunStoreTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_goes_from_queued_to_published()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var runs = await WithRunAsync(pipeline, RunState.Queued);

        await runs.TransitionAsync("r", RunState.Training, run => run with { Attempts = run.Attempts + 1 }, Cancelled);
        await runs.UpdateAsync("r", run => run with { Step = 5, TotalSteps = 10 }, Cancelled);
        await runs.TransitionAsync("r", RunState.Evaluating, run => run, Cancelled);
        await runs.TransitionAsync("r", RunState.Published, run => run with { Model = "m" }, Cancelled);

        var run = await pipeline.ReadRunAsync("r");
        Assert.Equal((RunState.Published, 1, 5, 10, "m"), (run.State, run.Attempts, run.Step, run.TotalSteps, run.Model));
    }

    [Theory]
    [InlineData(RunState.Queued, RunState.Published)]
    [InlineData(RunState.Published, RunState.Training)]
    [InlineData(RunState.Failed, RunState.Training)]
    [InlineData(RunState.Rejected, RunState.Queued)]
    [InlineData(RunState.Published, RunState.Published)]
    public async Task Illegal_step_is_refused_and_changes_nothing(RunState from, RunState to)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var runs = await WithRunAsync(pipeline, from);

        await Assert.ThrowsAsync<RunTransitionException>(() => runs.TransitionAsync("r", to, run => run with { Reason = "changed" }, Cancelled));

        var run = await pipeline.ReadRunAsync("r");
        Assert.Equal((from, null), (run.State, run.Reason));
    }

    [Fact]
    public async Task Progress_of_a_finished_run_is_refused()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var runs = await WithRunAsync(pipeline, RunState.Failed);

        await Assert.ThrowsAsync<RunTransitionException>(() => runs.UpdateAsync("r", run => run with { Step = 1 }, Cancelled));
    }

    [Fact]
    public async Task Of_twenty_trainers_that_publish_at_once_one_does()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var runs = await WithRunAsync(pipeline, RunState.Evaluating);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                await runs.TransitionAsync("r", RunState.Published, run => run with { Model = $"m{i}" }, Cancelled);
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
    public async Task Parallel_updates_are_all_kept()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var runs = await WithRunAsync(pipeline, RunState.Training);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => runs.UpdateAsync("r", run => run with { Step = run.Step + 1 }, Cancelled)));

        Assert.Equal(20, (await pipeline.ReadRunAsync("r")).Step);
    }

    [Fact]
    public async Task Newest_runs_are_listed_first_and_no_more_than_asked_for()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var runs = pipeline.Get<RunStore>();
        foreach (var name in new[] { "20260102-000000-b", "20260101-000000-a", "20260103-000000-c" })
            await runs.CreateAsync(Run(name, RunState.Queued), Cancelled);
        await pipeline.Storage.Runs.GetBlobClient("_poison/retrain-poison/x.json").UploadAsync(new BinaryData("{}"), Cancelled);

        Assert.Equal(["20260103-000000-c", "20260102-000000-b"], (await runs.ListAsync(2, Cancelled)).Select(run => run.Run));
    }

    [Fact]
    public async Task Metrics_are_read_line_by_line_and_are_none_before_the_first()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var runs = pipeline.Get<RunStore>();
        Assert.Empty(await runs.ReadMetricsAsync("r", Cancelled).ToListAsync(Cancelled));
        var lines = """{"step": 100, "epoch": 0.5, "loss": 0.7, "learningRate": 1e-5}""" + "\n" + """{"step": 200, "epoch": 1, "loss": 0.4, "learningRate": 2e-5, "tokensPerSecond": 5000}""" + "\n";
        await pipeline.Storage.Runs.GetBlobClient(StorageLayout.RunMetrics("r")).UploadAsync(new BinaryData(lines), Cancelled);

        Assert.Equal([(100, 0.7), (200, 0.4)], (await runs.ReadMetricsAsync("r", Cancelled).ToListAsync(Cancelled)).Select(line => (line.Step, line.Loss)));
    }

    private static async Task<RunStore> WithRunAsync(PipelineUnderTest pipeline, RunState state)
    {
        var runs = pipeline.Get<RunStore>();
        Assert.True(await runs.CreateAsync(Run("r", state), Cancelled));
        return runs;
    }

    private static RunRecord Run(string name, RunState state) =>
        new() { Run = name, State = state, Request = new RetrainRequest(), CreatedAt = DateTimeOffset.UnixEpoch };
}
