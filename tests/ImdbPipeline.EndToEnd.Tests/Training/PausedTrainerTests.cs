using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.EndToEnd.Tests.Processes;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Training;

/// <summary>Freezes the trainer process for longer than its lease, as a suspended machine does.</summary>
public sealed class PausedTrainerTests(AzuriteFixture azurite)
{
    private const int RunTaken = 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trainer_frozen_past_its_lease_loses_its_run_and_only_one_model_is_published()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGSTOP.");
        var job = await StoredJob.QueueAsync(azurite, new RetrainRequest { Epochs = 8, BatchSize = 8, SaveSteps = 4, MaxLength = 64 });

        await using var first = job.StartTrainer();
        await job.UntilCheckpointAsync(attempt: 1, number: 2);
        await first.FreezeAsync();
        var frozenAt = first.Age;
        await job.UntilMessageVisibleAsync();
        Assert.Empty(await VisibleState.ModelsAsync(job));

        await using var second = job.StartTrainer();
        await second.SucceedAsync();
        var published = Assert.Single(await VisibleState.ModelsAsync(job));
        await first.ThawAsync();
        var exitCode = await first.EndAsync();

        ReportedFigures.Report($"frozen at {frozenAt.TotalSeconds:0.0} s for {(first.Age - frozenAt).TotalSeconds:0} s, exit code {exitCode}; {published.Version} is published");
        Assert.True(exitCode == RunTaken, $"exit code {exitCode}: {first.Output}");
        Assert.Equal(published.Version, Assert.Single(await VisibleState.ModelsAsync(job)).Version);
        var step = Assert.Single((await job.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation)).History);
        Assert.Equal((RegistryAction.Promote, published.Version, StoredJob.Run), (step.Action, step.Model, step.By));
        var run = await job.ReadAsync();
        Assert.Equal((RunState.Published, 2, published.Version), (run.State, run.Attempts, run.Model));
        Assert.Empty(await job.Storage.Runs.NamesAsync(StorageLayout.RunCheckpoints(StoredJob.Run), Cancellation));
        Assert.Equal(0, await job.CountMessagesAsync());
    }
}
