using System.Net;
using System.Text.Json;
using Azure.Storage.Queues.Models;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Processes;
using ImdbPipeline.Trainer;

namespace ImdbPipeline.Functions.Tests;

/// <summary>The Functions app from its image as a real worker process; only the host that invokes its functions is a mock.</summary>
[Slow]
public sealed class FunctionsWorkerTests : IDisposable
{
    private const int Reviews = 30;

    private readonly FunctionsImage image;
    private readonly PipelineStorage storage;
    private readonly Dictionary<string, string> settings;
    private readonly string cache = Directory.CreateTempSubdirectory("imdb-test-").FullName;

    public FunctionsWorkerTests(AzuriteFixture azurite, FunctionsImage image)
    {
        ArgumentNullException.ThrowIfNull(azurite);
        this.image = image;
        var account = azurite.NewAccount();
        storage = new PipelineStorage(account);
        settings = new Dictionary<string, string> { [StorageOptions.Setting] = account.ConnectionString!, ["RetrainOnIngest"] = "true", ["IMDB_CACHE"] = cache };
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(cache, recursive: true);

    [Fact]
    public async Task An_archive_becomes_a_training_job_and_texts_become_scores()
    {
        await using var host = await StartAsync();
        Assert.Equal(FunctionsApp.Names.Order(StringComparer.Ordinal), host.Functions.Order(StringComparer.Ordinal));

        using var archive = new MemoryStream();
        new SampleArchive { Train = 120, Test = 40, Unsup = 20 }.Write(archive);
        await storage.Datasets.GetBlobClient("films.tar.gz").UploadAsync(new BinaryData(archive.ToArray()), Cancellation);
        Assert.Equal("", await host.BlobAsync("IngestDataset", StorageLayout.Datasets, "films.tar.gz"));
        Assert.Equal("", await host.MessageAsync("StartTraining", Assert.Single(await TakeAsync(StorageLayout.RetrainQueue))));
        await using (var trainer = RunningProgram.Start(typeof(TrainerProgram), settings))
            await trainer.SucceedAsync();

        var rows = SampleReviews.Labelled(Reviews, firstMovie: 1, seed: 9).Select((review, i) => JsonSerializer.Serialize(new { id = $"{i}", text = review.Text }));
        await storage.Incoming.GetBlobClient("reviews.jsonl").UploadAsync(new BinaryData(string.Join('\n', rows)), Cancellation);
        Assert.Equal("", await host.BodyAsync("UploadReceived", QueueText.Encode(Uploaded(StorageLayout.Incoming, "reviews.jsonl"))));
        foreach (var shard in await TakeAsync(StorageLayout.ScoringShardsQueue))
            Assert.Equal("", await host.BodyAsync("ScoreShard", shard.MessageText));

        var scored = (await storage.Scores.GetBlobClient(StorageLayout.ScoredFile("reviews.jsonl")).DownloadContentAsync(Cancellation)).Value.Content.ToString();
        Assert.Equal(Enumerable.Range(0, Reviews).Select(i => $"{i}"), scored.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()));

        var (status, reply) = await host.RequestAsync("Score", HttpMethod.Post, "/api/score", """{"text": "What a ride!"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("\"label\"", reply, StringComparison.Ordinal);
        (status, reply) = await host.RequestAsync("Status", HttpMethod.Get, "/api/status");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotNull(Assert.Single(JsonDocument.Parse(reply).RootElement.GetProperty("tasks").EnumerateArray()).GetProperty("champion").GetString());
        (status, _) = await host.RequestAsync("Score", HttpMethod.Post, "/api/score?task=calls", """{"text": "What a ride!"}""");
        Assert.Equal(HttpStatusCode.Conflict, status);
        (status, _) = await host.RequestAsync("Score", HttpMethod.Post, "/api/score", $$"""{"text": "{{new string('a', ScoreRequest.MaxBytes)}}"}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("", await host.TimerAsync("Reconcile"));
    }

    [Fact]
    public async Task A_message_of_each_poison_queue_is_recorded_and_a_handler_failure_is_reported_to_the_host()
    {
        await using var host = await StartAsync();
        Dictionary<string, string> functions = new()
        {
            [StorageLayout.RetrainPoisonQueue] = "RetrainPoison",
            [StorageLayout.TrainingJobsPoisonQueue] = "TrainingJobPoison",
            [StorageLayout.ScoringShardsPoisonQueue] = "ScoringShardPoison",
            [StorageLayout.BlobEventsPoisonQueue] = "BlobEventPoison",
            [StorageLayout.BlobTriggerPoisonQueue] = "BlobPoison",
        };
        foreach (var (queue, function) in functions)
        {
            // The host moves messages as they were sent; its own, about blobs, are in Base64.
            await (queue == StorageLayout.BlobTriggerPoisonQueue ? storage.Queue(queue) : storage.RawQueue(queue)).SendMessageAsync("""{"epochs": 0}""", Cancellation);
            var message = Assert.Single(await TakeAsync(queue));
            Assert.Equal("", await host.MessageAsync(function, message));
            var record = (await storage.Runs.ReadJsonAsync<PoisonRecord>(StorageLayout.PoisonRecord(queue, message.MessageId), Cancellation))!.Value.Value;
            Assert.Equal(("""{"epochs": 0}""", message.InsertedOn), (record.Body, record.GivenUpAt));
        }
        Assert.Equal(RunState.Rejected, Assert.Single(await new RunStore(storage).ListAsync(10, Cancellation)).State);

        Assert.Contains("expected", await host.BodyAsync("UploadReceived", "{}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejected_upload_is_recorded_and_completes()
    {
        await using var host = await StartAsync();
        await storage.Incoming.GetBlobClient("reviews.pdf").UploadAsync(new BinaryData("%PDF"), Cancellation);
        await storage.Datasets.GetBlobClient("films.exe").UploadAsync(new BinaryData("MZ"), Cancellation);

        Assert.Equal("", await host.BlobAsync("ScoreIncoming", StorageLayout.Incoming, "reviews.pdf"));
        Assert.Equal("", await host.BlobAsync("IngestDataset", StorageLayout.Datasets, "films.exe"));
        Assert.Equal("", await host.BlobAsync("IngestDataset", StorageLayout.Datasets, "films.exe"));

        var records = await storage.Runs.ReadNewestAsync<PoisonRecord>(StorageLayout.PoisonRecords, _ => true, 10, Cancellation);
        Assert.Equal(["datasets/films.exe", "incoming/reviews.pdf"], records.Select(record => record.Subject).Order());
    }

    /// <summary>Starts the host and waits until the worker has created the queues.</summary>
    private async Task<MockFunctionsHost> StartAsync()
    {
        var host = await MockFunctionsHost.StartAsync(await image.FolderAsync(), settings, Cancellation);
        foreach (var queue in StorageLayout.Queues)
            await Eventually.FindAsync($"queue {queue}", async () => await storage.Queue(queue).ExistsAsync(Cancellation) ? queue : null);
        return host;
    }

    private async Task<IReadOnlyList<QueueMessage>> TakeAsync(string queue) => (await storage.RawQueue(queue).ReceiveMessagesAsync(32, cancellationToken: Cancellation)).Value;

    private static string Uploaded(string container, string name) =>
        JsonSerializer.Serialize(new { type = UploadEvent.BlobCreated, subject = $"/blobServices/default/containers/{container}/blobs/{name}" });
}
