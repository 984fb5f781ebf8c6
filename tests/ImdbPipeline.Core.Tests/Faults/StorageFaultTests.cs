using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Core.Tests.Faults;

/// <summary>Runs every stage with a fault at each of its storage calls.</summary>
[Slow]
public sealed class StorageFaultTests(AzuriteFixture azurite)
{
    private const string Run = "20260304-050607-aa";
    private const string Retrain = """{"dataset": "films/0011223344556677"}""";
    private const string Reviews = "good\nbad\n\ngood good\nbad bad\n";

    private static readonly byte[] Archive = Pack.Gzip(Pack.Tar([.. Pack.Texts, ("pos/3.txt", "What a ride!"), ("neg/3.txt", "What a bore!")]));
    private static readonly DateTimeOffset Inserted = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private static readonly Dictionary<string, Stage> Stages = new()
    {
        ["ingest"] = new(
            pipeline => UploadArchiveAsync(pipeline, Archive),
            pipeline => pipeline.Get<IngestDatasetHandler>().HandleAsync("films.tar.gz", Cancellation),
            StartTrainingsAsync),
        ["rejected archive"] = new(
            pipeline => UploadArchiveAsync(pipeline, Archive[..^3]),
            pipeline => pipeline.Get<IngestDatasetHandler>().HandleAsync("films.tar.gz", Cancellation)),
        ["start of training"] = new(
            pipeline => pipeline.PrepareDatasetAsync("films", "0011223344556677"),
            pipeline => pipeline.StartTrainingAsync(new QueueDelivery("m", Inserted, Retrain))),
        ["rejected start of training"] = new(
            _ => Task.CompletedTask,
            pipeline => pipeline.StartTrainingAsync(new QueueDelivery("m", Inserted, Retrain))),
        ["planning an incoming file"] = new(
            pipeline => UploadIncomingAsync(pipeline, Reviews),
            pipeline => pipeline.PlanAsync("reviews.txt")),
        ["rejected incoming file"] = new(
            async pipeline =>
            {
                await UploadIncomingAsync(pipeline, "");
                await pipeline.UploadAsync("reviews.txt", [.. "good\nbad\n"u8, 0xff]);
            },
            pipeline => pipeline.PlanAsync("reviews.txt")),
        ["scoring and assembling"] = new(PlanAsync, ScoreAsync),
        ["scoring a replaced file"] = new(
            async pipeline =>
            {
                await PlanAsync(pipeline);
                await pipeline.UploadAsync("reviews.txt", "good\n");
            },
            ScoreAsync),
        ["promotion"] = new(
            async pipeline =>
            {
                await pipeline.PublishChampionAsync("m1");
                await pipeline.PublishAsync("m2", 0.95);
            },
            pipeline => pipeline.Registry.PromoteAsync(LabelledTask.Default, "m2", "run-m2", aboveBaseline: false, Cancellation)),
        ["first promotion"] = new(
            pipeline => pipeline.PublishAsync("m1", 0.9),
            pipeline => pipeline.Registry.PromoteAsync(LabelledTask.Default, "m1", "run-m1", aboveBaseline: false, Cancellation)),
        ["pin"] = new(
            async pipeline =>
            {
                await pipeline.PublishChampionAsync("m1");
                await pipeline.PublishAsync("m2", 0.5);
            },
            pipeline => pipeline.Registry.PinAsync(LabelledTask.Default, "m2", "someone", Cancellation)),
        ["rollback"] = new(
            async pipeline =>
            {
                foreach (var model in new[] { "m1", "m2", "m3" })
                    await pipeline.PublishChampionAsync(model);
            },
            pipeline => pipeline.Registry.RollbackAsync(LabelledTask.Default, "someone", Cancellation, from: "m3")),
        ["poison retrain message with a run"] = new(
            pipeline => CreateRunAsync(pipeline, RunState.Queued),
            pipeline => PoisonAsync(pipeline, StorageLayout.RetrainPoisonQueue, Retrain)),
        ["poison retrain message without a run"] = new(
            _ => Task.CompletedTask,
            pipeline => PoisonAsync(pipeline, StorageLayout.RetrainPoisonQueue, Retrain)),
        ["invalid poison retrain message"] = new(
            _ => Task.CompletedTask,
            pipeline => PoisonAsync(pipeline, StorageLayout.RetrainPoisonQueue, """{"epochs": -1}""")),
        ["poison training job"] = new(
            pipeline => CreateRunAsync(pipeline, RunState.Training),
            pipeline => PoisonAsync(pipeline, StorageLayout.TrainingJobsPoisonQueue, $$"""{"run": "{{Run}}"}""")),
        ["poison shard"] = new(
            PlanAsync,
            async pipeline => await PoisonAsync(pipeline, StorageLayout.ScoringShardsPoisonQueue, $$"""{"plan": "{{await PlanNameAsync(pipeline)}}", "shard": 1}""")),
        ["poison archive event"] = new(
            pipeline => UploadArchiveAsync(pipeline, Archive),
            pipeline => PoisonAsync(pipeline, StorageLayout.BlobTriggerPoisonQueue, """{"ContainerName":"datasets","BlobName":"films.tar.gz"}""")),
        ["poison incoming event"] = new(
            async pipeline =>
            {
                await pipeline.UploadAsync("reviews.pdf", "x");
                await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.PlanAsync("reviews.pdf"));
            },
            pipeline => PoisonAsync(pipeline, StorageLayout.BlobTriggerPoisonQueue, """{"ContainerName":"incoming","BlobName":"reviews.pdf"}""")),
        ["reconciling"] = new(
            async pipeline =>
            {
                await PlanAsync(pipeline);
                await pipeline.UploadAsync("missed.txt", "good\n");
                await UploadArchiveAsync(pipeline, Archive);
                pipeline.Time.Advance(TimeSpan.FromMinutes(20));
            },
            pipeline => pipeline.Get<ReconcileHandler>().HandleAsync(Cancellation),
            async pipeline =>
            {
                // A plan is only requeued once the other messages are gone from the queue.
                await pipeline.ScoreShardsAsync();
                pipeline.Time.Advance(TimeSpan.FromMinutes(20));
                await pipeline.Get<ReconcileHandler>().HandleAsync(Cancellation);
                await pipeline.ScoreShardsAsync();
                await StartTrainingsAsync(pipeline);
            }),
    };

    public static TheoryData<string> Names => [.. Stages.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_redelivered_stage_gives_the_same_result_whichever_storage_call_failed(string name) =>
        new StageTrial(name, async faults =>
        {
            var stage = Stages[name];
            var pipeline = await PipelineUnderTest.StartAsync(
                azurite,
                new ScoringLimits { ShardRows = 3 },
                services => services.AddSingleton(new IngestOptions { RetrainOnIngest = true }),
                account => faults.Intercept(account, maxRetries: 2));
            await stage.Seed(pipeline);
            return new StageUnderTrial(
                () => stage.Run(pipeline),
                () => stage.Finish?.Invoke(pipeline) ?? Task.CompletedTask,
                () => StorageListing.ListAsync(pipeline.Storage, Cancellation),
                pipeline);
        }).RunAsync();

    private static async Task UploadArchiveAsync(PipelineUnderTest pipeline, byte[] archive) =>
        await pipeline.Storage.Datasets.GetBlobClient("films.tar.gz").UploadAsync(new BinaryData(archive), overwrite: true, Cancellation);

    private static async Task UploadIncomingAsync(PipelineUnderTest pipeline, string content)
    {
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.txt", content);
    }

    private static async Task PlanAsync(PipelineUnderTest pipeline)
    {
        await UploadIncomingAsync(pipeline, Reviews);
        await pipeline.PlanAsync("reviews.txt");
        Assert.Equal(2, (await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue)).Count);
    }

    private static async Task<string> PlanNameAsync(PipelineUnderTest pipeline) =>
        Assert.Single(await pipeline.ListScoresAsync(StorageLayout.ScoreWork), name => name.EndsWith("/plan.json", StringComparison.Ordinal)).Split('/')[1];

    private static async Task ScoreAsync(PipelineUnderTest pipeline)
    {
        var plan = await PlanNameAsync(pipeline);
        for (var shard = 0; shard < 2; shard++)
            await pipeline.Get<ScoreShardHandler>().HandleAsync($$"""{"plan": "{{plan}}", "shard": {{shard}}}""", Cancellation);
    }

    private static async Task CreateRunAsync(PipelineUnderTest pipeline, RunState state) =>
        Assert.True(await pipeline.Get<RunStore>().CreateAsync(
            new RunRecord { Run = Run, State = state, Request = RetrainMessage.Parse(Retrain), Dataset = "films/0011223344556677", CreatedAt = Inserted }, Cancellation));

    private static Task PoisonAsync(PipelineUnderTest pipeline, string queue, string body) =>
        pipeline.Get<PoisonHandler>().HandleAsync(queue, new QueueDelivery("0123-abc", Inserted, body), Cancellation);

    // A message that was sent twice has two message ids.
    private static async Task StartTrainingsAsync(PipelineUnderTest pipeline)
    {
        var queue = pipeline.Storage.Queue(StorageLayout.RetrainQueue);
        while ((await queue.ReceiveMessageAsync(cancellationToken: Cancellation)).Value is { } message)
        {
            await pipeline.StartTrainingAsync(new QueueDelivery(message.MessageId, message.InsertedOn!.Value, message.Body.ToString()));
            await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, Cancellation);
        }
    }

    private sealed record Stage(
        Func<PipelineUnderTest, Task> Seed, Func<PipelineUnderTest, Task> Run, Func<PipelineUnderTest, Task>? Finish = null);
}
