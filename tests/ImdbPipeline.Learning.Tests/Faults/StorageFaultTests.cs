using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;
using ImdbPipeline.Testing.Faults;

namespace ImdbPipeline.Learning.Tests.Faults;

/// <summary>Publishes a model with a fault injected into each storage call in turn.</summary>
[Collection(TorchRandomState.Name)]
[Slow]
public sealed class StorageFaultTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly TinyDataset dataset = new(train: 24, heldOut: 12);
    private TrainedModel model = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        SmallEncoders.Write(folder["base"], EncoderFamily.DistilBert, vocabulary: await dataset.ReadVocabularyAsync(Cancellation));
        model = await TestTraining.Create().RunAsync(
            dataset, [], new FolderBase("base", folder["base"]), Recipe.Notebook, run: null, folder["model"], store: null, progress: null, Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public Task A_model_is_published_completely_whichever_storage_call_fails() =>
        new StageTrial("publishing a model", async faults =>
        {
            var storage = new PipelineStorage(faults.Intercept(azurite.NewAccount(), maxRetries: 2));
            await storage.EnsureCreatedAsync(Cancellation);
            return new StageUnderTrial(
                () => new ModelPublisher(storage, TimeProvider.System).PublishAsync(model, LabelledTask.Default, Cancellation),
                () => Task.CompletedTask,
                () => StorageListing.ListAsync(storage, Cancellation),
                new NoOwner());
        }).RunAsync();

    private sealed class NoOwner : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
