using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.EndToEnd.Tests.Processes;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Training;

/// <summary>
/// In Azure the trainer's identity may access only a few containers and queues and may create none. An emulator has no
/// identities, so the test deletes all others instead.
/// </summary>
public sealed class TrainerPermissionsTests(AzuriteFixture azurite)
{
    private static readonly string[] Containers = [StorageLayout.Runs, StorageLayout.Models, StorageLayout.Prepared];
    private static readonly string[] Queues = [StorageLayout.TrainingJobsQueue, StorageLayout.TrainingJobsPoisonQueue];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trainer_publishes_using_only_the_containers_and_queues_its_identity_may_access()
    {
        var job = await StoredJob.QueueAsync(azurite, new RetrainRequest { Epochs = 1, MaxLength = 32 });
        foreach (var container in StorageLayout.Containers.Except(Containers))
            await job.Storage.Container(container).DeleteAsync(cancellationToken: Cancellation);
        foreach (var queue in StorageLayout.Queues.Except(Queues))
            await job.Storage.Queue(queue).DeleteAsync(Cancellation);

        await using var trainer = job.StartTrainer();
        await trainer.SucceedAsync();

        Assert.Equal(RunState.Published, (await job.ReadAsync()).State);
        Assert.Equal(Containers.Order(), (await PresentAsync(job.Storage)).Order());
    }

    [Fact]
    public async Task A_trainer_started_before_any_host_finds_no_job_and_creates_nothing()
    {
        var account = azurite.NewAccount();
        await using var trainer = Programs.Trainer(new Dictionary<string, string> { [StorageOptions.Setting] = account.ConnectionString! });
        await trainer.SucceedAsync();

        Assert.Contains("No training job is waiting", trainer.Output, StringComparison.Ordinal);
        Assert.Empty(await PresentAsync(new PipelineStorage(account)));
    }

    private static async Task<List<string>> PresentAsync(PipelineStorage storage)
    {
        var present = new List<string>();
        foreach (var container in StorageLayout.Containers)
        {
            if (await storage.Container(container).ExistsAsync(Cancellation))
                present.Add(container);
        }
        return present;
    }
}
