using System.Text.Json;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.EndToEnd.Tests.Hosting;

/// <summary>Invalid messages and blob names through the real host: rejected with a reason, shown in the status, blocking nothing else.</summary>
public sealed class HostileMessagesTests(AzuriteFixture azurite)
{
    private const string NotBase64 = "{ plain }";
    private const string NotText = "/////w==";

    private static readonly string HugeNumber = new string('9', 400);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Invalid_retrain_messages_become_rejected_runs_in_Base64_and_in_plain_text()
    {
        string[] bodies =
        [
            "", "not json", "[]", "null", "{\"\\ud800\": 1}", $"{new string('[', 200)}", """{"epochs": "three"}""", $$"""{"epochs": {{HugeNumber}}}""",
            """{"learningRate": 1e400}""", """{"maxLength": -1}""", """{"dataset": "nobody/knows"}""", """{"dataset": "../models"}""", """{"colour": "red"}""",
        ];
        await using var pipeline = await HostedPipeline.StartAsync(azurite.NewAccount(), withTrainer: false);
        foreach (var text in (string[])[NotBase64, NotText])
            await pipeline.Storage.RawQueue(StorageLayout.RetrainQueue).SendMessageAsync(text, Cancellation);
        foreach (var body in bodies)
            await pipeline.Storage.Queue(StorageLayout.RetrainQueue).SendMessageAsync(body, Cancellation);

        var runs = await Eventually.FindAsync(
            "one run per message", async () => await pipeline.Services.GetRequiredService<RunStore>().ListAsync(50, Cancellation) is { Count: var count } all && count == bodies.Length + 2 ? all : null);

        Assert.All(runs, run => Assert.Equal(RunState.Rejected, run.State));
        Assert.All(runs, run => Assert.Matches("expected .+, found .+", run.Reason));
        await AssertEndedAsync(pipeline, []);
        var status = await pipeline.StatusAsync();
        Assert.All(status.GetProperty("runs").EnumerateArray(), run => Assert.Equal("rejected", run.GetProperty("state").GetString()));
        ReportedFigures.Report($"retrain: {runs.Count} messages, {runs.Count} rejected runs, queues empty");
    }

    [Fact]
    public async Task Invalid_shard_messages_become_poison_records_with_a_reason()
    {
        string[] bodies =
        [
            "not json", "[]", """{"plan": 7, "shard": 0}""", $$"""{"plan": "0123456789abcdef", "shard": {{HugeNumber}}}""", """{"plan": "0123456789abcdef"}""",
            """{"plan": "../../models/x", "shard": 0}""", """{"plan": "0123456789abcdef", "shard": 0}""",
        ];
        await using var pipeline = await HostedPipeline.StartAsync(azurite.NewAccount(), withTrainer: false);
        var records = await AssertEachPoisonedAsync(pipeline, StorageLayout.ScoringShardsQueue, bodies);
        ReportedFigures.Report($"scoring-shards: {records.Count} messages, {records.Count} poison records, queues empty");
    }

    [Fact]
    public async Task Invalid_training_jobs_become_poison_records_and_start_one_trainer_each()
    {
        string[] bodies = ["not json", """{"run": "../models/x"}""", """{"run": "20260101-000000-none"}"""];
        await using var pipeline = await HostedPipeline.StartAsync(azurite.NewAccount(), withTrainer: true);
        var records = await AssertEachPoisonedAsync(pipeline, StorageLayout.TrainingJobsQueue, bodies);
        Assert.Equal(records.Count, pipeline.Log.Lines.Count(line => line.StartsWith("Trainer started", StringComparison.Ordinal)));
        ReportedFigures.Report($"training-jobs: {records.Count} messages, {records.Count} trainers started, {records.Count} poison records, queues empty");
    }

    [Fact]
    public async Task Invalid_blob_events_become_poison_records()
    {
        string[] bodies = ["not json", "{}", """{"type": "Microsoft.Storage.BlobCreated", "subject": "/blobServices/default/containers/models/blobs/champion.json"}"""];
        await using var pipeline = await HostedPipeline.StartAsync(azurite.NewAccount(), withTrainer: false);
        await AssertEachPoisonedAsync(pipeline, StorageLayout.BlobEventsQueue, bodies);
    }

    [Fact]
    public async Task Blobs_with_absurd_names_do_not_block_other_uploads()
    {
        string[] archives = ["x?y.csv", "x#y.csv", "a//b%2e%2e.csv", "_mine.csv", " ", ".csv", "name\nof two lines.csv", "no suffix", new string('x', 1014) + ".csv", string.Concat(Enumerable.Repeat("d/", 450)) + "x.csv"];
        string[] files = ["a//b.txt", "_mine.txt", " ", "no suffix", "reviews.csv.jsonl", new string('x', 1014) + ".txt"];
        await using var pipeline = await HostedPipeline.StartAsync(azurite.NewAccount(), withTrainer: false);
        foreach (var archive in archives)
            await pipeline.Storage.Datasets.GetBlobClient(archive).UploadAsync(new BinaryData("text,label\na,b\nc,d\n"), Cancellation);
        foreach (var file in files)
            await pipeline.Storage.Incoming.GetBlobClient(file).UploadAsync(new BinaryData("good"), Cancellation);
        await pipeline.Storage.Datasets.GetBlobClient("zz-good.csv").UploadAsync(new BinaryData("text,label\na good film,pos\na bad film,neg\n"), Cancellation);

        var records = await pipeline.WaitForPoisonRecordsAsync(archives.Length + files.Length);
        var good = await Eventually.FindAsync("the good archive's record", async () =>
            (await pipeline.Storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord("zz-good.csv"), Cancellation))?.Value);

        Assert.Equal(ArchiveState.Ingested, good.State);
        Assert.Equal(
            archives.Select(archive => "datasets/" + archive).Concat(files.Select(file => "incoming/" + file)).Order(StringComparer.Ordinal),
            records.Select(record => record.Subject!).Order(StringComparer.Ordinal));
        foreach (var archive in archives)
            Assert.Equal(ArchiveState.Rejected, (await pipeline.Storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(archive), Cancellation))!.Value.Value.State);
        foreach (var container in (string[])[StorageLayout.Prepared, StorageLayout.Scores, StorageLayout.Runs])
            await foreach (var blob in pipeline.Storage.Container(container).GetBlobsAsync(new GetBlobsOptions(), Cancellation))
                Assert.InRange(blob.Name.Length, 1, 1024);
        Assert.DoesNotContain("name\nof", await pipeline.StatusPageAsync(), StringComparison.Ordinal);
        ReportedFigures.Report($"{archives.Length} archives and {files.Length} incoming files with absurd names: each rejected and recorded, no blob name longer than 1,024 characters, the next archive ingested");
    }

    /// <summary>Sends each body and one that is not Base64, and expects a poison record with a reason for each.</summary>
    private static async Task<IReadOnlyList<PoisonRecord>> AssertEachPoisonedAsync(HostedPipeline pipeline, string queue, string[] bodies)
    {
        await pipeline.Storage.RawQueue(queue).SendMessageAsync(NotBase64, Cancellation);
        foreach (var body in bodies)
            await pipeline.Storage.Queue(queue).SendMessageAsync(body, Cancellation);

        var records = await pipeline.WaitForPoisonRecordsAsync(bodies.Length + 1);

        Assert.Equal(bodies.Append(NotBase64).Order(StringComparer.Ordinal), records.Select(record => record.Body).Order(StringComparer.Ordinal));
        await AssertEndedAsync(pipeline, [.. records.Select(record => record.Reason)]);
        return records;
    }

    /// <summary>Asserts that every queue is empty and that the status shows each reason.</summary>
    private static async Task AssertEndedAsync(HostedPipeline pipeline, IReadOnlyList<string> reasons)
    {
        Assert.All(reasons, reason => Assert.Matches("expected .+, found .+", reason));
        var status = await Eventually.FindAsync(
            "empty queues", async () => await pipeline.StatusAsync() is var read && Waiting(read) == 0 ? (object)read : null) is JsonElement found ? found : default;
        Assert.Equal(reasons.Order(StringComparer.Ordinal), status.GetProperty("givenUp").EnumerateArray().Select(message => message.GetProperty("reason").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(reasons.Count > 0, (await pipeline.StatusPageAsync()).Contains("Poison messages", StringComparison.Ordinal));
    }

    private static int Waiting(JsonElement status) => status.GetProperty("queues").EnumerateArray().Sum(queue => queue.GetProperty("approximateMessages").GetInt32());
}
