using System.Text;
using Azure.Core;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;

namespace ImdbPipeline.Learning.Tests.Faults;

/// <summary>A base model that somebody uploads anew while a trainer reads it.</summary>
public sealed class OverwrittenBaseModelTests(AzuriteFixture azurite)
{
    private static readonly string[] files = [ModelFolder.ConfigFile, CheckpointTensors.File, ModelFolder.VocabularyFile];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public Task Base_model_overwritten_at_any_moment_of_its_reading_is_never_mixed() =>
        new OverwriteTrial("base model", async faults =>
        {
            var account = azurite.NewAccount();
            var (storage, unharmed) = (new PipelineStorage(faults.Between(account, maxRetries: 2)), new PipelineStorage(account));
            await unharmed.EnsureCreatedAsync(Stop);
            Upload(unharmed, "old");
            var folder = new Folder();
            var models = new StoredModels(storage, new ModelCache(folder.Root, TimeProvider.System));
            string? read = null;
            return new UploadUnderTrial(
                async () => read = await models.GetBaseAsync("mine", Stop),
                request => request.Method == RequestMethod.Get && request.Uri.ToUri().AbsolutePath.Contains("/base/mine/", StringComparison.Ordinal),
                () => Upload(unharmed, "new"),
                async () =>
                {
                    if (read is not null)
                        Assert.Single(Contents(read).Distinct());
                    Assert.Equal(["new", "new", "new"], Contents(await models.GetBaseAsync("mine", Stop)));
                },
                folder);
        }).RunAsync();

    private static void Upload(PipelineStorage storage, string content)
    {
        foreach (var file in files)
            storage.Models.GetBlobClient($"base/mine/{file}").Upload(new BinaryData(Encoding.UTF8.GetBytes(content)), overwrite: true, Stop);
    }

    private static IEnumerable<string> Contents(string folder) => files.Select(file => File.ReadAllText(Path.Combine(folder, file)));

    private sealed class Folder : IAsyncDisposable
    {
        private readonly TemporaryFolder folder = new();

        public string Root => folder.Root;

        public ValueTask DisposeAsync()
        {
            folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
