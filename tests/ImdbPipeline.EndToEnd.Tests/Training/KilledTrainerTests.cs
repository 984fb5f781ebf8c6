using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.EndToEnd.Tests.Processes;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Training;

/// <summary>Kills the trainers of jobs in storage with SIGKILL while they train and while they publish.</summary>
public sealed class KilledTrainerTests(AzuriteFixture azurite) : IDisposable
{
    private const int Jobs = 3;
    private const int Kills = 2;

    // About twelve checkpoints.
    private static readonly RetrainRequest request = new() { Epochs = 3, BatchSize = 8, SaveSteps = 3, MaxLength = 64 };

    /// <summary>Maximum delay between the awaited event and the kill; publishing takes longer.</summary>
    private static readonly TimeSpan maxKillDelay = TimeSpan.FromMilliseconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("imdb-killed-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Jobs_whose_trainers_are_killed_publish_the_model_of_an_uninterrupted_job_exactly_once()
    {
        // One job is killed twice while training, one once while training and once while publishing, one twice while publishing.
        var killed = Task.WhenAll(Enumerable.Range(0, Jobs).Select(KillTrainersAsync));
        var uninterrupted = await StoredJob.QueueAsync(azurite, request);
        await using (var trainer = uninterrupted.StartTrainer())
            await trainer.SucceedAsync();
        var whole = Assert.Single(await VisibleState.ModelsAsync(uninterrupted));

        var jobs = await killed;
        ReportedFigures.Report($"{jobs.Sum(job => job.Kills)} kills of {Jobs} jobs, {whole.Version}: {string.Join("; ", jobs.Select(job => job.Story))}");
        Assert.InRange(jobs.Sum(job => job.Kills), Jobs, Jobs * Kills);
        foreach (var (job, _, interrupted, _) in jobs)
        {
            Assert.Equal(whole.Version, Assert.Single(await VisibleState.ModelsAsync(job)).Version);
            var step = Assert.Single((await job.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation)).History);
            Assert.Equal((RegistryAction.Promote, whole.Version, StoredJob.Run), (step.Action, step.Model, step.By));
            var run = await job.ReadAsync();
            Assert.Equal((RunState.Published, whole.Version), (run.State, run.Model));
            Assert.Equal(whole.Metrics, run.Metrics);
            if (interrupted)
                Assert.Contains("resumed from a checkpoint", await TrainerStateAsync(job, whole.Version), StringComparison.Ordinal);
            Assert.Empty(await job.Storage.Runs.NamesAsync(StorageLayout.RunCheckpoints(StoredJob.Run), Cancellation));
            Assert.Empty(await job.Storage.Runs.NamesAsync(StorageLayout.PoisonRecords, Cancellation));
        }
        Assert.Empty(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
    }

    /// <summary>Kills a job's trainers, then starts more trainers until no delivery is left.</summary>
    /// <returns>Interrupted: whether a training run with a checkpoint was killed.</returns>
    private async Task<(StoredJob Job, int Kills, bool Interrupted, string Story)> KillTrainersAsync(int number)
    {
        var job = await StoredJob.QueueAsync(azurite, request);
        var temporary = Directory.CreateDirectory(Path.Combine(folder, $"{number}")).FullName;
        var random = new Random(number);
        var (kills, interrupted, story) = (0, false, new List<string>());
        for (var attempt = 1; attempt <= Kills; attempt++)
        {
            await using var trainer = job.StartTrainer(temporary);
            var checkpoint = attempt > Kills - number ? (int?)null : random.Next(1, 4);
            await Eventually.FindAsync("the moment of the kill", async () => trainer.HasExited || await IsReachedAsync(job, attempt, checkpoint) ? trainer : null);
            var moment = trainer.Age + random.NextDouble() * maxKillDelay;
            var killed = await trainer.KillAtAsync(moment);
            kills += killed ? 1 : 0;
            interrupted |= killed && checkpoint is not null;
            var models = (await VisibleState.ModelsAsync(job)).Count;
            story.Add($"{(killed ? "killed" : "ended")} {(checkpoint is null ? "publishing" : $"after checkpoint {checkpoint}")} at {moment.TotalSeconds:0.0} s, models: {models}");

            // The killed trainer's message is invisible for twice the lease; with at-least-once delivery it may come again earlier.
            await job.DeliverAsync();
            await job.UntilLeaseExpiredAsync();
        }

        while (await job.CountMessagesAsync() > 0)
        {
            await job.UntilMessageVisibleAsync();
            await using var trainer = job.StartTrainer(temporary);
            await trainer.SucceedAsync();
        }
        return (job, kills, interrupted, string.Join(", ", story));
    }

    /// <param name="checkpoint">Number of the checkpoint in this attempt; null for the end of training.</param>
    private static async Task<bool> IsReachedAsync(StoredJob job, int attempt, int? checkpoint) => checkpoint is { } number
        ? await job.HasCheckpointAsync(attempt, number)
        : await job.ReadAsync() is { State: RunState.Evaluating } run && run.Attempts == attempt;

    private static async Task<string> TrainerStateAsync(StoredJob job, string model) =>
        (await job.Storage.Models.GetBlobClient(StorageLayout.ModelFolder(model) + ModelFolder.TrainerStateFile).DownloadContentAsync(Cancellation)).Value.Content.ToString();
}
