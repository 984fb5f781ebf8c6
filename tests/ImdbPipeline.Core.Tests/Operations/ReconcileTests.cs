using System.Collections.Concurrent;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Core.Tests.Operations;

[Slow]
public sealed class ReconcileTests(AzuriteFixture azurite)
{
    private readonly ConcurrentQueue<string> ingested = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_archive_whose_event_was_lost_is_ingested_after_the_grace_period()
    {
        await using var pipeline = await StartAsync();
        await UploadArchiveAsync(pipeline, "missed.tar.gz");

        await ReconcileAsync(pipeline);
        Assert.Empty(ingested);

        pipeline.Time.Advance(TimeSpan.FromMinutes(3));
        await ReconcileAsync(pipeline);
        Assert.Equal(["missed.tar.gz"], ingested);
    }

    [Fact]
    public async Task Only_an_archive_without_a_record_for_its_current_content_is_ingested()
    {
        await using var pipeline = await StartAsync();
        foreach (var archive in new[] { "kept.zip", "replaced.zip" })
        {
            await UploadArchiveAsync(pipeline, archive);
            var etag = await pipeline.Storage.Datasets.FindETagAsync(archive, Cancellation);
            var record = new ArchiveRecord { Archive = archive, ETag = etag!.Value.ToString(), State = ArchiveState.Ingested, At = pipeline.Time.GetUtcNow() };
            await pipeline.Storage.Prepared.CreateJsonAsync(StorageLayout.ArchiveRecord(archive), record, Cancellation);
        }
        await UploadArchiveAsync(pipeline, "replaced.zip");
        pipeline.Time.Advance(TimeSpan.FromMinutes(3));

        await ReconcileAsync(pipeline);

        Assert.Equal(["replaced.zip"], ingested);
    }

    [Fact]
    public async Task Settings_whose_event_was_lost_are_handled_and_those_without_an_archive_are_not()
    {
        await using var pipeline = await StartAsync();
        await UploadArchiveAsync(pipeline, "films.zip");
        var etag = await pipeline.Storage.Datasets.FindETagAsync("films.zip", Cancellation);
        var record = new ArchiveRecord { Archive = "films.zip", ETag = etag!.Value.ToString(), State = ArchiveState.Ingested, At = pipeline.Time.GetUtcNow() };
        await pipeline.Storage.Prepared.CreateJsonAsync(StorageLayout.ArchiveRecord("films.zip"), record, Cancellation);
        foreach (var settings in new[] { "films.zip.settings.json", "books.zip.settings.json" })
            await UploadArchiveAsync(pipeline, settings);
        pipeline.Time.Advance(TimeSpan.FromMinutes(3));

        await ReconcileAsync(pipeline);

        Assert.Equal(["films.zip.settings.json"], ingested);
    }

    [Theory]
    [InlineData(RunState.Queued)]
    [InlineData(RunState.Training)]
    [InlineData(RunState.Evaluating)]
    public async Task A_run_whose_job_was_lost_is_queued_again_after_the_grace_period(RunState state)
    {
        await using var pipeline = await StartAsync();
        await CreateRunAsync(pipeline, state);
        await ReconcileAsync(pipeline);
        Assert.Empty(await JobsAsync(pipeline));

        pipeline.Time.Advance(TimeSpan.FromMinutes(3));
        await ReconcileAsync(pipeline);
        await ReconcileAsync(pipeline);

        Assert.Contains("20260101-000000-abcdef01", Assert.Single(await JobsAsync(pipeline)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RunState.Published)]
    [InlineData(RunState.Failed)]
    [InlineData(RunState.Rejected)]
    public async Task A_run_that_has_ended_is_not_queued_again(RunState state)
    {
        await using var pipeline = await StartAsync();
        await CreateRunAsync(pipeline, state);
        pipeline.Time.Advance(TimeSpan.FromMinutes(3));

        await ReconcileAsync(pipeline);

        Assert.Empty(await JobsAsync(pipeline));
    }

    [Fact]
    public async Task A_failing_archive_does_not_stop_the_others_and_its_failure_is_reported()
    {
        await using var pipeline = await StartAsync();
        foreach (var archive in new[] { "a-fails.zip", "b-rejected.zip", "c.zip" })
            await UploadArchiveAsync(pipeline, archive);
        pipeline.Time.Advance(TimeSpan.FromMinutes(3));

        var failed = await Assert.ThrowsAsync<AggregateException>(() => ReconcileAsync(pipeline));

        Assert.IsType<IOException>(Assert.Single(failed.InnerExceptions));
        Assert.Equal(["a-fails.zip", "b-rejected.zip", "c.zip"], ingested);
    }

    [Fact]
    public async Task A_damaged_record_does_not_stop_the_others_and_is_reported()
    {
        await using var pipeline = await StartAsync();
        foreach (var archive in new[] { "a.zip", "b.zip" })
            await UploadArchiveAsync(pipeline, archive);
        await pipeline.Storage.Prepared.GetBlobClient(StorageLayout.ArchiveRecord("a.zip")).UploadAsync(new BinaryData("{ half a reco"), Cancellation);
        await pipeline.UploadAsync("a.txt", "good");
        await pipeline.UploadAsync("b.txt", "good");
        await pipeline.Storage.Scores.GetBlobClient(StorageLayout.ScoreRejection("a.txt")).UploadAsync(new BinaryData("{ half a reco"), Cancellation);
        await pipeline.PublishChampionAsync("m1");
        pipeline.Time.Advance(TimeSpan.FromMinutes(3));

        var failed = await Assert.ThrowsAsync<AggregateException>(() => ReconcileAsync(pipeline));

        Assert.IsType<InvalidDataException>(Assert.Single(failed.InnerExceptions));
        Assert.Contains("a.txt", failed.InnerExceptions[0].Message, StringComparison.Ordinal);
        Assert.Equal(["b.zip"], ingested);
        Assert.Equal(1, await pipeline.ScoreShardsAsync());
    }

    [Fact]
    public async Task The_damaged_champion_of_one_task_keeps_only_its_own_files_waiting_until_it_is_restored()
    {
        await using var pipeline = await StartAsync();
        await pipeline.PublishChampionAsync("m1");
        await pipeline.Get<TaskStore>().AssignAsync("tickets", "first", ["neg", "pos"], Cancellation);
        await pipeline.UploadAsync("tickets/a.txt", "good");
        await pipeline.UploadAsync("b.txt", "good");
        await UploadArchiveAsync(pipeline, "c.zip");
        await pipeline.Storage.Models.GetBlobClient(StorageLayout.Champion("tickets")).UploadAsync(new BinaryData("{ half a reco"), Cancellation);

        await pipeline.PlanAsync("tickets/a.txt");
        pipeline.Time.Advance(TimeSpan.FromMinutes(3));
        var failed = await Assert.ThrowsAsync<AggregateException>(() => ReconcileAsync(pipeline));

        Assert.Contains(StorageLayout.Champion("tickets"), Assert.Single(failed.InnerExceptions).Message, StringComparison.Ordinal);
        Assert.Equal(["c.zip"], ingested);
        Assert.Equal(1, await pipeline.ScoreShardsAsync());

        await pipeline.Storage.Models.DeleteBlobAsync(StorageLayout.Champion("tickets"), cancellationToken: Cancellation);
        await pipeline.PublishAsync("m2", 0.9, task: "tickets");
        await pipeline.Registry.PinAsync("tickets", "m2", "test", Cancellation);
        await ReconcileAsync(pipeline);
        Assert.Equal(1, await pipeline.ScoreShardsAsync());
    }

    [Fact]
    public async Task A_damaged_missed_archive_is_rejected_once()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await UploadArchiveAsync(pipeline, "damaged.zip");
        pipeline.Time.Advance(TimeSpan.FromMinutes(3));

        await ReconcileAsync(pipeline);
        var (record, etag) = (await pipeline.Storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord("damaged.zip"), Cancellation))!.Value;
        await ReconcileAsync(pipeline);

        Assert.Equal((ArchiveState.Rejected, "extension-mismatch"), (record.State, record.Rule));
        Assert.Equal(etag, await pipeline.Storage.Prepared.FindETagAsync(StorageLayout.ArchiveRecord("damaged.zip"), Cancellation));
        var status = await pipeline.Get<StatusHandler>().HandleAsync(Cancellation);
        Assert.Equal([("damaged.zip", record.Reason)], status.RejectedArchives.Select(r => (r.Name, (string?)r.Reason)));
    }

    [Fact]
    public async Task A_file_uploaded_before_the_first_champion_is_scored_after_the_promotion()
    {
        await using var pipeline = await StartAsync();
        await pipeline.UploadAsync("reviews.txt", "good\nbad\n");
        await pipeline.PlanAsync("reviews.txt");
        pipeline.Time.Advance(TimeSpan.FromMinutes(3));
        await ReconcileAsync(pipeline);
        Assert.Equal(0, await pipeline.ScoreShardsAsync());

        await pipeline.PublishChampionAsync("m1");
        await ReconcileAsync(pipeline);
        await pipeline.ScoreShardsAsync();

        Assert.Equal(2, (await pipeline.FindScoresAsync<ScoreSummary>("reviews.txt.summary.json"))!.Rows);
    }

    [Fact]
    public async Task Scored_and_rejected_files_are_not_processed_again()
    {
        await using var pipeline = await StartAsync();
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.txt", "good\n");
        await pipeline.UploadAsync("reviews.pdf", "good\n");
        pipeline.Time.Advance(TimeSpan.FromMinutes(3));
        await ReconcileAsync(pipeline);
        Assert.Equal(1, await pipeline.ScoreShardsAsync());
        var before = await pipeline.ListScoresAsync();

        await ReconcileAsync(pipeline);

        Assert.Equal(0, await pipeline.ScoreShardsAsync());
        Assert.Equal(before, await pipeline.ListScoresAsync());
        Assert.Contains("reviews.pdf.rejected.json", before);
    }

    [Fact]
    public async Task Only_shards_whose_messages_were_lost_are_requeued()
    {
        await using var pipeline = await StartAsync();
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.txt", string.Concat(Enumerable.Repeat("good\n", 10)));
        await pipeline.PlanAsync("reviews.txt");
        Assert.Equal(1, await pipeline.ScoreShardsAsync(most: 1));
        Assert.Equal(2, (await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue)).Count);
        pipeline.Time.Advance(TimeSpan.FromMinutes(16));

        await ReconcileAsync(pipeline);

        Assert.Equal(2, await pipeline.ScoreShardsAsync());
        Assert.Equal(10, (await pipeline.FindScoresAsync<ScoreSummary>("reviews.txt.summary.json"))!.Rows);
    }

    [Fact]
    public async Task Shards_still_waiting_in_the_queue_are_not_requeued()
    {
        await using var pipeline = await StartAsync();
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.txt", string.Concat(Enumerable.Repeat("good\n", 10)));
        await pipeline.PlanAsync("reviews.txt");
        pipeline.Time.Advance(TimeSpan.FromMinutes(16));

        await ReconcileAsync(pipeline);

        Assert.Equal(3, (await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue)).Count);
    }

    [Fact]
    public async Task A_plan_of_a_process_that_died_before_queueing_is_queued()
    {
        await using var pipeline = await StartAsync();
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.txt", "good\n");
        await pipeline.PlanAsync("reviews.txt");
        var plan = ScoringShard.Parse(Assert.Single(await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue))).Plan;
        var (read, etag) = (await pipeline.Storage.Scores.ReadJsonAsync<ScorePlan>(StorageLayout.ScorePlan(plan), Cancellation))!.Value;
        await pipeline.Storage.Scores.WriteJsonAsync(StorageLayout.ScorePlan(plan), read with { State = ScorePlanState.Planned }, etag, Cancellation);
        pipeline.Time.Advance(TimeSpan.FromMinutes(16));

        await ReconcileAsync(pipeline);

        Assert.Equal(1, await pipeline.ScoreShardsAsync());
    }

    [Fact]
    public async Task Shards_without_a_plan_are_deleted_after_a_day()
    {
        await using var pipeline = await StartAsync();
        await pipeline.Storage.Scores.GetBlobClient(StorageLayout.ScoreInput("0123456789abcdef", 0)).UploadAsync(new BinaryData("{}"), Cancellation);
        pipeline.Time.Advance(TimeSpan.FromHours(23));
        await ReconcileAsync(pipeline);
        Assert.Single(await pipeline.ListScoresAsync());

        pipeline.Time.Advance(TimeSpan.FromHours(2));
        await ReconcileAsync(pipeline);

        Assert.Empty(await pipeline.ListScoresAsync());
    }

    private Task<PipelineUnderTest> StartAsync() => PipelineUnderTest.StartAsync(azurite, configure: services => services.AddSingleton<IngestArchive>(Ingest));

    private Task Ingest(string archive, CancellationToken cancellationToken)
    {
        ingested.Enqueue(archive);
        return archive switch
        {
            "a-fails.zip" => throw new IOException("the network is down"),
            "b-rejected.zip" => throw new InputRejectedException(ErrorRules.ZipChecksum, archive, "a valid zip", "a damaged one", "Upload it again."),
            _ => Task.CompletedTask,
        };
    }

    private static async Task UploadArchiveAsync(PipelineUnderTest pipeline, string archive) =>
        await pipeline.Storage.Datasets.GetBlobClient(archive).UploadAsync(new BinaryData(archive), overwrite: true, Cancellation);

    private static Task ReconcileAsync(PipelineUnderTest pipeline) => pipeline.Get<ReconcileHandler>().HandleAsync(Cancellation);

    private static async Task CreateRunAsync(PipelineUnderTest pipeline, RunState state) =>
        Assert.True(await pipeline.Get<RunStore>().CreateAsync(
            new RunRecord { Run = "20260101-000000-abcdef01", State = state, Request = new RetrainRequest(), Dataset = "d/v", CreatedAt = pipeline.Time.GetUtcNow() }, Cancellation));

    private static async Task<IReadOnlyList<string>> JobsAsync(PipelineUnderTest pipeline) =>
        [.. (await pipeline.Storage.Queue(StorageLayout.TrainingJobsQueue).PeekMessagesAsync(10, Cancellation)).Value.Select(message => message.MessageText)];
}
