using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;
using ImdbPipeline.EndToEnd.Tests.Killing;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Training;

/// <summary>
/// In Azure the trainer's identity has rights on a few containers and queues and may create none. An emulator knows no
/// identities, so all others are taken away instead.
/// </summary>
public sealed class TrainerRightsTests(AzuriteFixture azurite)
{
    private static readonly string[] Containers = [StorageLayout.Runs, StorageLayout.Models, StorageLayout.Prepared];
    private static readonly string[] Queues = [StorageLayout.TrainingJobsQueue, StorageLayout.TrainingJobsPoisonQueue];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trainer_publishes_with_nothing_but_what_its_identity_has_rights_on()
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
    public async Task A_trainer_before_any_host_finds_no_job_and_creates_nothing()
    {
        var account = azurite.NewAccount();
        await using var trainer = RunningProgram.Trainer(new Dictionary<string, string> { [StorageOptions.Setting] = account.ConnectionString! });
        await trainer.SucceedAsync();

        Assert.Contains("No training job is waiting", trainer.Said, StringComparison.Ordinal);
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
