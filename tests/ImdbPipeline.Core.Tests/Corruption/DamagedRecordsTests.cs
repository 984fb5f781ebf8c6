using Azure.Storage.Blobs;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Corruption;

/// <summary>Damages records in a real storage account and reads them with the pipeline's own readers.</summary>
[Slow]
public sealed class DamagedRecordsTests(AzuriteFixture azurite)
{
    private const int Cases = 200;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_damaged_dataset_manifest_is_rejected_or_gives_the_same_texts()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.Storage.Datasets.GetBlobClient("films.tar").UploadAsync(new BinaryData(Pack.Tar(Pack.Texts)), Cancellation);
        await pipeline.Get<IngestDatasetHandler>().HandleAsync("films.tar", Cancellation);
        var manifest = (await pipeline.Get<DatasetStore>().FindNewestAsync(LabelledTask.Default, Cancellation))!;
        var expected = await ReadAsync();

        await RunAsync("dataset manifest", pipeline.Storage.Prepared, StorageLayout.Manifest("films", manifest.Version), 401, async () => Assert.Equal(expected, await ReadAsync()));

        async Task<List<string>> ReadAsync()
        {
            var dataset = new BlobDataset(pipeline.Storage, (await pipeline.Get<DatasetStore>().FindAsync("films", Cancellation))!);
            var rows = new List<string> { Convert.ToHexString(await dataset.ReadVocabularyAsync(Cancellation)) };
            foreach (var split in Enum.GetValues<Split>())
                await foreach (var row in dataset.ReadAsync(split, Cancellation))
                    rows.Add($"{split} {row.Id} {row.Text} {row.Label}");
            return rows;
        }
    }

    [Fact]
    public async Task A_damaged_model_manifest_is_rejected_or_still_usable()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishAsync("m1", 0.9, baseline: 0.8);

        await RunAsync("model manifest", pipeline.Storage.Models, StorageLayout.ModelManifest("m1"), 402, async () =>
        {
            var model = (await pipeline.Registry.FindAsync("m1", Cancellation))!;
            Assert.NotEmpty(PromotionGate.Judge(model, model, aboveBaseline: true, new PromotionOptions()).Reason);
            Assert.All(model.Labels, Assert.NotNull);
            Assert.Single(await pipeline.Registry.ListAsync(10, Cancellation));
        });
    }

    [Fact]
    public async Task A_damaged_champion_record_is_rejected_or_names_the_same_models()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("first");
        await pipeline.PublishChampionAsync("second");
        await pipeline.Registry.RollbackAsync(LabelledTask.Default, "someone", Cancellation);
        var expected = await ReadAsync();

        await RunAsync("champion.json", pipeline.Storage.Models, StorageLayout.Champion(LabelledTask.Default), 403, async () => Assert.Equal(expected, await ReadAsync()));

        async Task<string> ReadAsync()
        {
            var champion = await pipeline.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation);
            return $"{champion.Model}: {string.Join(", ", champion.History.Select(step => $"{step.Previous} to {step.Model}"))}";
        }
    }

    [Fact]
    public async Task A_damaged_run_record_is_rejected_or_shown()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PrepareDatasetAsync("films", "0123456789abcdef");
        var message = new QueueDelivery("a", pipeline.Time.GetUtcNow(), """{"epochs": 3, "auxiliaryDatasets": []}""");
        await pipeline.StartTrainingAsync(message);
        var run = StartTrainingHandler.RunName(message);

        await RunAsync("run.json", pipeline.Storage.Runs, StorageLayout.Run(run), 404, async () =>
        {
            var shown = Assert.Single(await pipeline.Get<RunStore>().ListAsync(10, Cancellation));
            Assert.NotNull(shown.Request);
            Assert.All(shown.AuxiliaryDatasets, Assert.NotNull);
        });
    }

    [Fact]
    public async Task A_damaged_plan_is_rejected_or_belongs_to_the_same_file()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.txt", "good\nbad\n");
        await pipeline.PlanAsync("reviews.txt");
        var plan = ScoringShard.Parse(Assert.Single(await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue))).Plan;
        var expected = (await pipeline.Get<ScorePlanStore>().FindAsync(plan, Cancellation))!;

        await RunAsync("plan.json", pipeline.Storage.Scores, StorageLayout.ScorePlan(plan), 405, async () =>
        {
            var read = (await pipeline.Get<ScorePlanStore>().FindAsync(plan, Cancellation))!;
            Assert.Equal((expected.Plan, expected.File, expected.ETag), (read.Plan, read.File, read.ETag));
        });
    }

    [Fact]
    public async Task A_damaged_archive_record_is_rejected_or_the_archive_stays_rejected()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.Storage.Datasets.GetBlobClient("films.tar").UploadAsync(new BinaryData(Pack.Tar(Pack.Texts)[..^1100]), Cancellation);
        await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.Get<IngestDatasetHandler>().HandleAsync("films.tar", Cancellation));

        await RunAsync("archive record", pipeline.Storage.Prepared, StorageLayout.ArchiveRecord("films.tar"), 406, async () =>
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(() => pipeline.Get<IngestDatasetHandler>().HandleAsync("films.tar", Cancellation));
            if (error is not InputRejectedException { Rule: "tar-truncated" })
                throw error;
        });
        Assert.Empty(await pipeline.Get<DatasetStore>().ListAsync(10, Cancellation));
    }

    private static async Task RunAsync(string what, BlobContainerClient container, string path, int seed, Func<Task> read)
    {
        var blob = container.GetBlobClient(path);
        var original = (await blob.DownloadContentAsync(Cancellation)).Value.Content.ToArray();
        await new DamageTrial(what, Cases, seed).RunAsync(original, async damaged =>
        {
            await blob.UploadAsync(new BinaryData(damaged), overwrite: true, Cancellation);
            await read();
        });
    }
}
