using System.Security.Cryptography;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Learning.Tests.Corruption;

[Slow]
public sealed class DamagedPublishedModelTests(AzuriteFixture azurite) : IDisposable
{
    private const string Version = "nano-0123456789abcdef";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CheckpointTensors.File, 100, 701)]
    [InlineData(ModelFolder.ConfigFile, 100, 702)]
    [InlineData("manifest.json", 200, 703)]
    public async Task A_damaged_file_of_a_published_model_is_rejected_or_the_model_is_unchanged(string file, int cases, int seed)
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        var files = await PublishAsync(storage);
        var blob = storage.Models.GetBlobClient(StorageLayout.ModelFolder(Version) + file);
        var original = (await blob.DownloadContentAsync(Cancellation)).Value.Content.ToArray();

        await new DamageTrial($"published {file}", cases, seed).RunAsync(original, async damaged =>
        {
            await blob.UploadAsync(new BinaryData(damaged), overwrite: true, Cancellation);
            // A new cache for each case: the previous one holds the undamaged model.
            var cache = folder[$"cache-{Guid.NewGuid():N}"];
            var local = await new StoredModels(storage, new ModelCache(cache, TimeProvider.System)).GetPublishedAsync(Version, Cancellation);
            Assert.Equal(files.Order(StringComparer.Ordinal), Directory.GetFiles(local).Select(Describe).Order(StringComparer.Ordinal));
            Directory.Delete(cache, recursive: true);
        });
    }

    private static async Task<List<string>> PublishAsync(PipelineStorage storage)
    {
        var files = new List<ModelFile>();
        foreach (var path in (string[])[ModelFolder.ConfigFile, CheckpointTensors.File])
        {
            var source = Path.Combine(AppContext.BaseDirectory, "Fixtures", "distilbert-nano", path);
            await storage.Models.GetBlobClient(StorageLayout.ModelFolder(Version) + path).UploadAsync(source, Cancellation);
            files.Add(new ModelFile(path, new FileInfo(source).Length, Hash(source)));
        }
        var manifest = new ModelManifest
        {
            Version = Version,
            Files = files,
            Labels = ["neg", "pos"],
            Metrics = new Dictionary<string, double> { [ModelManifest.ValidationAccuracyName] = 0.9 },
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        Assert.True(await storage.Models.CreateJsonAsync(StorageLayout.ModelManifest(Version), manifest, Cancellation));
        return [.. files.Select(file => $"{file.Path} {file.Sha256}")];
    }

    private static string Describe(string path) => $"{Path.GetFileName(path)} {Hash(path)}";

    private static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}
