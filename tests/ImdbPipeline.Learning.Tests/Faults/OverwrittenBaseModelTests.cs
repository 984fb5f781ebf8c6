using System.Text;
using Azure.Core;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;

namespace ImdbPipeline.Learning.Tests.Faults;

/// <summary>A base model that is uploaded again while a trainer downloads it.</summary>
[Slow]
public sealed class OverwrittenBaseModelTests(AzuriteFixture azurite)
{
    private static readonly string[] files = [ModelFolder.ConfigFile, CheckpointTensors.File, ModelFolder.VocabularyFile];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_base_model_overwritten_during_its_download_is_never_mixed() =>
        new OverwriteTrial("base model", async faults =>
        {
            var account = azurite.NewAccount();
            var (storage, direct) = (new PipelineStorage(faults.Intercept(account, maxRetries: 2)), new PipelineStorage(account));
            await direct.EnsureCreatedAsync(Cancellation);
            Upload(direct, "old");
            var folder = new Folder();
            var models = new StoredModels(storage, new ModelCache(folder.Path, TimeProvider.System));
            string? read = null;
            return new UploadUnderTrial(
                async () => read = await models.GetBaseAsync("mine", Cancellation),
                request => request.Method == RequestMethod.Get && request.Uri.ToUri().AbsolutePath.Contains("/base/mine/", StringComparison.Ordinal),
                () => Upload(direct, "new"),
                async () =>
                {
                    if (read is not null)
                        Assert.Single(Contents(read).Distinct());
                    Assert.Equal(["new", "new", "new"], Contents(await models.GetBaseAsync("mine", Cancellation)));
                },
                folder);
        }).RunAsync();

    private static void Upload(PipelineStorage storage, string content)
    {
        foreach (var file in files)
            storage.Models.GetBlobClient($"base/mine/{file}").Upload(new BinaryData(Encoding.UTF8.GetBytes(content)), overwrite: true, Cancellation);
    }

    private static IEnumerable<string> Contents(string folder) => files.Select(file => File.ReadAllText(Path.Combine(folder, file)));

    private sealed class Folder : IAsyncDisposable
    {
        private readonly TemporaryFolder folder = new();

        public string Path => folder.Path;

        public ValueTask DisposeAsync()
        {
            folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
