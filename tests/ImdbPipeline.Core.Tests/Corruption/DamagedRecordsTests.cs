using Azure.Storage.Blobs;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Corruption;

/// <summary>Records in a real storage account, damaged there and read by those who read them in the pipeline.</summary>
public sealed class DamagedRecordsTests(AzuriteFixture azurite)
{
    private const int Cases = 200;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Damaged_manifest_of_a_data_set_is_refused_or_gives_the_same_reviews()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.Storage.Datasets.GetBlobClient("films.tar").UploadAsync(new BinaryData(Pack.Tar(Pack.Reviews)), Cancelled);
        await pipeline.Get<IngestDatasetHandler>().HandleAsync("films.tar", Cancelled);
        var manifest = (await pipeline.Get<DatasetStore>().FindNewestAsync(Cancelled))!;
        var sound = await ReadAsync();

        await RunAsync("dataset manifest", pipeline.Storage.Prepared, StorageLayout.Manifest("films", manifest.Version), 401, async () => Assert.Equal(sound, await ReadAsync()));

        async Task<List<string>> ReadAsync()
        {
            var dataset = await pipeline.Get<DatasetStore>().OpenAsync("films", Cancelled);
            var rows = new List<string> { Convert.ToHexString(await dataset.ReadVocabularyAsync(Cancelled)) };
            foreach (var split in Enum.GetValues<Split>())
                await foreach (var row in dataset.ReadAsync(split, Cancelled))
                    rows.Add($"{split} {row.Id} {row.Text} {row.Label}");
            return rows;
        }
    }

    [Fact]
    public async Task Damaged_manifest_of_a_model_is_refused_or_judged()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishAsync("m1", 0.9, baseline: 0.8);

        await RunAsync("model manifest", pipeline.Storage.Models, StorageLayout.ModelManifest("m1"), 402, async () =>
        {
            var model = (await pipeline.Registry.FindAsync("m1", Cancelled))!;
            Assert.NotEmpty(PromotionGate.Judge(model, model, aboveBaseline: true).Reason);
            Assert.All(model.Labels, Assert.NotNull);
            Assert.Single(await pipeline.Registry.ListAsync(10, Cancelled));
        });
    }

    [Fact]
    public async Task Damaged_champion_is_refused_or_names_the_same_models()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("first");
        await pipeline.PublishChampionAsync("second");
        await pipeline.Registry.RollbackAsync("someone", Cancelled);
        var sound = await ReadAsync();

        await RunAsync("champion.json", pipeline.Storage.Models, StorageLayout.Champion, 403, async () => Assert.Equal(sound, await ReadAsync()));

        async Task<string> ReadAsync()
        {
            var champion = await pipeline.Registry.ReadChampionAsync(Cancelled);
            return $"{champion.Model}: {string.Join(", ", champion.History.Select(step => $"{step.Previous} to {step.Model}"))}";
        }
    }

    [Fact]
    public async Task Damaged_run_is_refused_or_shown()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PrepareDatasetAsync("films", "0123456789abcdef");
        var message = new QueueDelivery("a", pipeline.Time.GetUtcNow(), """{"epochs": 3, "auxiliaryDatasets": []}""");
        await pipeline.StartTrainingAsync(message);
        var run = StartTrainingHandler.RunName(message);

        await RunAsync("run.json", pipeline.Storage.Runs, StorageLayout.Run(run), 404, async () =>
        {
            var shown = Assert.Single((await pipeline.Get<StatusHandler>().HandleAsync(Cancelled)).Runs);
            Assert.NotNull(shown.Request);
            Assert.All(shown.AuxiliaryDatasets, Assert.NotNull);
        });
    }

    [Fact]
    public async Task Damaged_plan_is_refused_or_is_the_same_files_plan()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.txt", "good\nbad\n");
        await pipeline.PlanAsync("reviews.txt");
        var plan = ScoringShard.Parse(Assert.Single(await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue))).Plan;
        var sound = (await pipeline.Get<ScorePlanStore>().FindAsync(plan, Cancelled))!;

        await RunAsync("plan.json", pipeline.Storage.Scores, StorageLayout.ScorePlan(plan), 405, async () =>
        {
            var read = (await pipeline.Get<ScorePlanStore>().FindAsync(plan, Cancelled))!;
            Assert.Equal((sound.Plan, sound.File, sound.ETag), (read.Plan, read.File, read.ETag));
        });
    }

    [Fact]
    public async Task Damaged_record_of_an_archive_is_refused_or_the_archive_still_is()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.Storage.Datasets.GetBlobClient("films.tar").UploadAsync(new BinaryData(Pack.Tar(Pack.Reviews)[..^1100]), Cancelled);
        await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.Get<IngestDatasetHandler>().HandleAsync("films.tar", Cancelled));

        await RunAsync("archive record", pipeline.Storage.Prepared, StorageLayout.ArchiveRecord("films.tar"), 406, async () =>
        {
            var refused = await Assert.ThrowsAnyAsync<Exception>(() => pipeline.Get<IngestDatasetHandler>().HandleAsync("films.tar", Cancelled));
            if (refused is not InputRejectedException { Rule: "tar-truncated" })
                throw refused;
        });
        Assert.Null(await pipeline.Get<DatasetStore>().FindNewestAsync(Cancelled));
    }

    private static async Task RunAsync(string what, BlobContainerClient container, string path, int seed, Func<Task> read)
    {
        var blob = container.GetBlobClient(path);
        var sound = (await blob.DownloadContentAsync(Cancelled)).Value.Content.ToArray();
        await new DamageTrial(what, Cases, seed).RunAsync(sound, async damaged =>
        {
            await blob.UploadAsync(new BinaryData(damaged), overwrite: true, Cancelled);
            await read();
        });
    }
}
