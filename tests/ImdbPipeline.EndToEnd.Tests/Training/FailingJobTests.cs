using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.EndToEnd.Tests.Hosting;
using ImdbPipeline.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.EndToEnd.Tests.Training;

/// <summary>A job that cannot succeed, with the real queue, host and trainer process.</summary>
public sealed class FailingJobTests(AzuriteFixture azurite)
{
    private const string Run = "20260101-000000-abcdef01";
    private const int Attempts = 5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_that_always_fails_ends_after_its_fifth_attempt_with_the_reason_and_starts_no_further_trainer()
    {
        var account = azurite.NewAccount();
        var (storage, dataset) = await PrepareAsync(account);
        var shard = StorageLayout.DatasetFolder(dataset.Dataset, dataset.Version) + dataset.Shards[0].Path;
        await storage.Prepared.DeleteBlobAsync(shard, cancellationToken: Cancellation);
        await QueueAsync(storage, dataset, new RetrainRequest(), failedAttempts: Attempts - 1);
        await using var pipeline = await HostedPipeline.StartAsync(account, withTrainer: true);

        var record = Assert.Single(await pipeline.WaitForPoisonRecordsAsync(1));
        var run = await AssertEndedAsync(pipeline, RunState.Failed, Attempts);
        Assert.Contains($"{shard}: expected the file listed in the manifest, found none.", run.Reason, StringComparison.Ordinal);
        Assert.EndsWith("(attempt 5, the last)", run.Reason, StringComparison.Ordinal);
        Assert.Equal($"run {Run}", record.Subject);
        ReportedFigures.Report($"{run.Attempts} attempts, the last of them by a trainer of this host, then failed: {run.Reason}");
    }

    [Fact]
    public async Task A_job_whose_base_model_is_missing_is_rejected_on_its_first_attempt_and_starts_no_further_trainer()
    {
        var account = azurite.NewAccount();
        var (storage, dataset) = await PrepareAsync(account);
        await QueueAsync(storage, dataset, new RetrainRequest { BaseModel = "models/base/none" });
        await using var pipeline = await HostedPipeline.StartAsync(account, withTrainer: true);

        await Eventually.FindAsync("an ended run", async () => await FindAsync(pipeline) is { } found && found.State.IsFinal() ? found : null);

        var run = await AssertEndedAsync(pipeline, RunState.Rejected, attempts: 1);
        Assert.StartsWith("models/base/none/: expected at least config.json and model.safetensors, found nothing.", run.Reason, StringComparison.Ordinal);
    }

    /// <summary>Asserts that only one trainer was started for the job, no message is waiting, and the status shows the reason.</summary>
    private static async Task<RunRecord> AssertEndedAsync(HostedPipeline pipeline, RunState state, int attempts)
    {
        var before = (await pipeline.WaitForPoisonRecordsAsync(0)).Count;
        await pipeline.Storage.Queue(StorageLayout.TrainingJobsQueue).SendMessageAsync("the next", Cancellation);
        await pipeline.WaitForPoisonRecordsAsync(before + 1);

        Assert.Equal(2, pipeline.Log.Lines.Count(line => line.StartsWith("Trainer started", StringComparison.Ordinal)));
        foreach (var queue in StorageLayout.Queues)
            await Eventually.FindAsync($"an empty {queue}", async () =>
                (await pipeline.Storage.Queue(queue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount == 0 ? queue : null);
        var run = (await FindAsync(pipeline))!;
        Assert.Equal((state, attempts), (run.State, run.Attempts));
        var shown = Assert.Single((await pipeline.StatusAsync()).GetProperty("runs").EnumerateArray());
        Assert.Equal((run.Reason, $"{state}".ToLowerInvariant()), (shown.GetProperty("reason").GetString(), shown.GetProperty("state").GetString()));
        return run;
    }

    private static Task<RunRecord?> FindAsync(HostedPipeline pipeline) => pipeline.Services.GetRequiredService<RunStore>().FindAsync(Run, Cancellation);

    private static async Task<(PipelineStorage Storage, DatasetManifest Dataset)> PrepareAsync(StorageOptions account)
    {
        var storage = new PipelineStorage(account);
        await storage.EnsureCreatedAsync(Cancellation);
        var archive = Path.Combine(Directory.CreateTempSubdirectory("imdb-test-").FullName, "films.csv");
        await File.WriteAllLinesAsync(archive, ["text,label", .. Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? $"good film {i},pos" : $"bad film {i},neg")], Cancellation);
        var dataset = await new DatasetPreparation(TimeProvider.System).PrepareAsync(
            ArchiveFile.Open(archive), new BlobDatasetSink(storage, TimeProvider.System), new PreparationSettings(), null, Cancellation);
        Directory.Delete(Path.GetDirectoryName(archive)!, recursive: true);
        return (storage, dataset);
    }

    private static async Task QueueAsync(PipelineStorage storage, DatasetManifest dataset, RetrainRequest request, int failedAttempts = 0)
    {
        var run = new RunRecord
        {
            Run = Run,
            State = RunState.Queued,
            Request = request,
            Dataset = $"{dataset.Dataset}/{dataset.Version}",
            BaseModel = request.BaseModel,
            Attempts = failedAttempts,
            FailedAttempts = failedAttempts,
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        Assert.True(await new RunStore(storage).CreateAsync(run, Cancellation));
        await new QueueSender(storage).SendAsync(StorageLayout.TrainingJobsQueue, new TrainingJob(Run), Cancellation);
    }
}
