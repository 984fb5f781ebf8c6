using System.Text;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.Core.Tests.Preparing;

[Slow]
public sealed class UploadSettingsTests(AzuriteFixture azurite)
{
    private const string Archive = "films.tar.gz";
    private const string Settings = "films.tar.gz.settings.json";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_documented_example_names_every_setting()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "storage.md"));
        var example = page.Split("## Settings next to an archive")[1].Split("```json")[1].Split("```")[0];

        var settings = UploadSettings.Parse(Encoding.UTF8.GetBytes(example), "example");

        Assert.All(typeof(UploadSettings).GetProperties(), setting => Assert.NotNull(setting.GetValue(settings)));
    }

    [Fact]
    public void Settings_that_are_left_out_keep_their_defaults() =>
        Assert.Equal(new PreparationSettings { ValidationShare = 0.5 }, UploadSettings.Parse("\uFEFF{\"validationShare\": 0.5, \"seed\": null}"u8, "x").ApplyTo(new PreparationSettings()));

    [Theory]
    [InlineData("", "expected a JSON object, found nothing.")]
    [InlineData("[]", "expected a JSON object, found a JSON array.")]
    [InlineData("{", "expected a JSON object, found invalid JSON")]
    [InlineData("""{"validationshare": 0.5}""", "expected only the settings idColumn, labelColumn, maxUnreadableRows, seed, stripMarkup, task, textColumn, validationShare, vocabularySize, found 'validationshare'.")]
    [InlineData("""{"seed": 1, "seed": 2}""", "expected each setting once, found 'seed' twice.")]
    [InlineData("""{"seed": "1"}""", "setting seed: expected a whole number of at most 2147483647, found \"1\".")]
    [InlineData("""{"stripMarkup": 1}""", "setting stripMarkup: expected true or false, found 1.")]
    [InlineData("""{"validationShare": 0.95}""", "setting validationShare: expected a value from 0 to 0.9, found 0.95.")]
    [InlineData("""{"vocabularySize": 10}""", "setting vocabularySize: expected a value from 100 to 1000000, found 10.")]
    public void Invalid_settings_are_rejected_with_the_file_and_the_setting_named(string file, string message)
    {
        var rejected = Assert.Throws<InputRejectedException>(() => UploadSettings.Parse(Encoding.UTF8.GetBytes(file), Settings));
        Assert.StartsWith($"settings {Settings}", rejected.Message, StringComparison.Ordinal);
        Assert.Contains(message, rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_in_another_encoding_or_of_more_than_64_KiB_are_rejected()
    {
        Assert.Contains("another encoding", Assert.Throws<InputRejectedException>(() => UploadSettings.Parse(Encoding.Unicode.GetBytes("{}\ud83d"), Settings)).Message, StringComparison.Ordinal);
        Assert.Contains("at most 65536 bytes", Assert.Throws<InputRejectedException>(() => UploadSettings.Parse(new byte[70_000], Settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_is_prepared_with_the_settings_beside_it()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await UploadAsync(storage, Settings, """{"validationShare": 0, "stripMarkup": false}""");
        using var handler = Handler(storage);
        await handler.HandleAsync(Settings, Cancellation);
        Assert.Empty(await new DatasetStore(storage).ListAsync(10, Cancellation));

        await UploadAsync(storage, Archive);
        await handler.HandleAsync(Archive, Cancellation);

        var manifest = Assert.Single(await new DatasetStore(storage).ListAsync(10, Cancellation));
        Assert.Equal(new PreparationSettings { ValidationShare = 0, StripMarkup = false }, manifest.Settings);
    }

    [Fact]
    public async Task Settings_that_arrive_after_the_archive_make_a_new_version_once()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await UploadAsync(storage, Archive);
        using var handler = Handler(storage);
        await handler.HandleAsync(Archive, Cancellation);
        await UploadAsync(storage, Settings, """{"seed": 7}""");
        foreach (var upload in new[] { Settings, Archive, Settings })
            await handler.HandleAsync(upload, Cancellation);

        Assert.Equal([7, 42], (await new DatasetStore(storage).ListAsync(10, Cancellation)).Select(manifest => manifest.Settings.Seed).Order());
        var record = await RecordAsync(storage);
        Assert.True(record.IsFor(Archive, await storage.Datasets.FindETagAsync(Archive, Cancellation)));
        Assert.True(record.IsFor(Settings, await storage.Datasets.FindETagAsync(Settings, Cancellation)));
    }

    [Theory]
    [InlineData("""{"seed": "x"}""")]
    [InlineData("")]
    public async Task Invalid_settings_reject_the_archive_until_they_are_corrected(string settings)
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await UploadAsync(storage, Settings, settings);
        await UploadAsync(storage, Archive);
        using var handler = Handler(storage);
        var rejected = await Assert.ThrowsAsync<InputRejectedException>(() => handler.HandleAsync(Archive, Cancellation));
        Assert.Equal("upload-settings-invalid", rejected.Rule);
        Assert.Equal((ArchiveState.Rejected, rejected.Message), await RecordAsync(storage) is var record ? (record.State, record.Reason) : default);

        await UploadAsync(storage, Settings, """{"seed": 7}""");
        await handler.HandleAsync(Settings, Cancellation);

        Assert.Equal(ArchiveState.Ingested, (await RecordAsync(storage)).State);
        Assert.Equal(7, Assert.Single(await new DatasetStore(storage).ListAsync(10, Cancellation)).Settings.Seed);
    }

    [Fact]
    public async Task Deleting_settings_changes_nothing_until_the_archive_is_uploaded_again()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await UploadAsync(storage, Settings, """{"seed": 7}""");
        await UploadAsync(storage, Archive);
        using var handler = Handler(storage);
        await handler.HandleAsync(Archive, Cancellation);
        await storage.Datasets.DeleteBlobAsync(Settings, cancellationToken: Cancellation);
        await handler.HandleAsync(Archive, Cancellation);
        Assert.Equal(7, Assert.Single(await new DatasetStore(storage).ListAsync(10, Cancellation)).Settings.Seed);

        await UploadAsync(storage, Archive);
        await handler.HandleAsync(Archive, Cancellation);
        Assert.Equal(42, (await new DatasetStore(storage).FindNewestAsync(LabelledTask.Default, Cancellation))!.Settings.Seed);
    }

    [Fact]
    public async Task Settings_for_the_next_archive_do_not_prepare_the_one_before()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await UploadAsync(storage, Archive);
        using var handler = Handler(storage);
        await handler.HandleAsync(Archive, Cancellation);
        await storage.Datasets.GetBlobClient(Settings).UploadAsync(
            new BinaryData("""{"seed": 7}"""), new BlobUploadOptions { Metadata = new Dictionary<string, string> { [UploadSettings.ForNextArchive] = "true" } }, Cancellation);
        await handler.HandleAsync(Settings, Cancellation);
        Assert.Equal(42, Assert.Single(await new DatasetStore(storage).ListAsync(10, Cancellation)).Settings.Seed);

        await UploadAsync(storage, Archive);
        await handler.HandleAsync(Archive, Cancellation);
        Assert.Equal([7, 42], (await new DatasetStore(storage).ListAsync(10, Cancellation)).Select(manifest => manifest.Settings.Seed).Order());
    }

    [Fact]
    public async Task Going_back_to_earlier_settings_makes_their_version_the_newest_again()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        using var handler = Handler(storage);
        foreach (var seed in new[] { 1, 2, 1 })
        {
            await UploadAsync(storage, Settings, $$"""{"seed": {{seed}}}""");
            await UploadAsync(storage, Archive);
            await handler.HandleAsync(Archive, Cancellation);
            var store = new DatasetStore(storage);
            Assert.Equal((seed, seed), ((await store.FindNewestAsync(LabelledTask.Default, Cancellation))!.Settings.Seed, (await store.FindAsync("films", Cancellation))!.Settings.Seed));
        }
    }

    [Theory]
    [InlineData(".settings.json")]
    [InlineData("films.tar.gz.SETTINGS.JSON")]
    public async Task Names_that_are_not_those_of_settings_are_rejected_as_archives(string name)
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await UploadAsync(storage, name, "{}");
        using var handler = Handler(storage);
        await Assert.ThrowsAsync<InputRejectedException>(() => handler.HandleAsync(name, Cancellation));
        Assert.Equal(ArchiveState.Rejected, (await storage.FindArchiveRecordAsync(name, null, Cancellation))!.State);
    }

    private static IngestDatasetHandler Handler(PipelineStorage storage) =>
        new(storage, TimeProvider.System, new IngestOptions(), NullLogger<IngestDatasetHandler>.Instance);

    private static async Task UploadAsync(PipelineStorage storage, string name, string? content = null)
    {
        var bytes = content is null ? new BinaryData(Pack.Gzip(Pack.Tar([.. Pack.Texts]))) : new BinaryData(content);
        await storage.Datasets.GetBlobClient(name).UploadAsync(bytes, overwrite: true, Cancellation);
    }

    private static async Task<ArchiveRecord> RecordAsync(PipelineStorage storage) =>
        (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(Archive), Cancellation))!.Value.Value;
}
