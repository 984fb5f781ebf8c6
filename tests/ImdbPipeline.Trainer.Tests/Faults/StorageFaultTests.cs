using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.ScratchMini;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;
using ImdbPipeline.Testing.Faults;

namespace ImdbPipeline.Trainer.Tests.Faults;

/// <summary>Runs a training job with a fault injected into each storage call in turn.</summary>
public sealed class StorageFaultTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly TinyDataset dataset = new(train: 24, heldOut: 12);
    private TrainedModel model = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        model = await new LocalTraining(new HubOptions(), TimeProvider.System, [new ScratchMiniBase()]).RunAsync(
            dataset, [], ScratchMiniBase.ModelName, new RetrainRequest { Epochs = 1 }, folder["model"], progress: null, Cancellation);

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(25)]
    public async Task A_trainer_that_gives_up_waiting_for_storage_ends_in_order_and_the_job_goes_on_when_it_is_back(int calls)
    {
        var faults = new StorageFaults();
        await using var trainer = await TrainerUnderTest.StartAsync(azurite.NewAccount(), faults, dataset, model);
        await trainer.ReceiveAsync();
        faults.Arm((_, call) => call > calls ? StorageFault.ConnectionRefused : StorageFault.None);

        Assert.Equal(JobOutcome.StorageUnavailable, await trainer.WorkOnAsync());

        faults.Disarm();
        await trainer.WorkAsync();
        Assert.Equal(RunState.Published, (await trainer.ReadAsync()).State);
    }

    // One at a time: torch's random generator is process-wide.
    [Fact]
    public Task A_job_ends_with_the_same_champion_whichever_storage_call_fails() =>
        new StageTrial("training job", async faults =>
        {
            var trainer = await TrainerUnderTest.StartAsync(azurite.NewAccount(), faults, dataset, model);
            return new StageUnderTrial(trainer.WorkAsync, () => Task.CompletedTask, trainer.ListAsync, trainer);
        }, atOnce: 1, sparingReads: true).RunAsync();
}
