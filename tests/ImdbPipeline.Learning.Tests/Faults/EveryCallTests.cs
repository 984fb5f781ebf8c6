using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Publishing;
using ImdbPipeline.Learning.Training;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;

namespace ImdbPipeline.Learning.Tests.Faults;

/// <summary>The trainer's job and the publishing of its model, with a fault at every single one of their calls to storage.</summary>
[Collection(DropoutTurns.Name)]
public sealed class EveryCallTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly TinyReviews dataset = new(train: 24, held: 12);
    private TrainedModel model = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        model = await new ModelTraining(TimeProvider.System).RunAsync(
            dataset, [], BaseModel.FromNothing, Recipe.Resolve(new RetrainRequest { Epochs = 1 }, DefaultRecipes.For(BaseModel.ScratchMini, dataset.Manifest)),
            run: null, folder["model"], store: null, progress: null, Stop);

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    // One after the other: torch has one random generator for the whole process.
    [Fact]
    public Task Job_ends_in_the_same_champion_whichever_of_its_calls_fails() =>
        new StageTrial("training job", async faults =>
        {
            var trainer = await TrainerUnderTrial.StartAsync(azurite.NewAccount(), faults, dataset, model);
            return new StageUnderTrial(trainer.WorkAsync, () => Task.CompletedTask, trainer.ListAsync, trainer);
        }, atOnce: 1, sparingReads: true).RunAsync();

    [Fact]
    public Task Model_is_published_whole_whichever_of_the_calls_fails() =>
        new StageTrial("publishing a model", async faults =>
        {
            var storage = new PipelineStorage(faults.Between(azurite.NewAccount(), maxRetries: 2));
            await storage.EnsureCreatedAsync(Stop);
            return new StageUnderTrial(
                () => new ModelPublisher(storage, TimeProvider.System).PublishAsync(model, Stop),
                () => Task.CompletedTask,
                () => StorageListing.OfAsync(storage, Stop),
                new NoOwner());
        }).RunAsync();

    private sealed class NoOwner : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
