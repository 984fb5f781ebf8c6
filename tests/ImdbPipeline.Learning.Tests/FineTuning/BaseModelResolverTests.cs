using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.Teaching;
using ImdbPipeline.Learning.Training;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests.FineTuning;

public sealed class BaseModelResolverTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly HubClient client = new(new HubOptions(), TimeProvider.System);
    private readonly BaseModelResolver resolver;
    private readonly TinyDataset dataset = new(train: 2);

    public BaseModelResolverTests() =>
        resolver = new BaseModelResolver(new ModelLocator(new HubModels(client, new ModelCache(folder["cache"], TimeProvider.System)), stored: null), [new PlugIn()]);

    [Fact]
    public async Task A_base_model_from_another_project_is_found_by_name_and_has_its_own_default_recipe()
    {
        Assert.IsType<PlugIn>(await resolver.ResolveAsync("plug-in", null, TestContext.Current.CancellationToken));
        Assert.Equal(7, resolver.DefaultRecipe("plug-in", dataset.Manifest, teacher: null).Epochs);
    }

    [Fact]
    public async Task An_existing_folder_is_used_as_is_with_the_notebooks_recipe()
    {
        Assert.Equal(new FolderBase(folder.Path, folder.Path), await resolver.ResolveAsync(folder.Path, null, TestContext.Current.CancellationToken));
        Assert.Equal(Recipe.Notebook, resolver.DefaultRecipe(folder.Path, dataset.Manifest, teacher: null));
    }

    [Fact]
    public async Task An_unknown_name_is_rejected_with_a_list_of_the_built_in_ones()
    {
        var e = await Assert.ThrowsAsync<InputRejectedException>(() => resolver.ResolveAsync("scratch small", null, TestContext.Current.CancellationToken));

        Assert.Equal("base-model-unknown", e.Rule);
        Assert.Contains("plug-in, scratch-small, scratch-distilbert", e.Message);
    }

    [Theory]
    [InlineData("models/base/some")]
    [InlineData("../../etc")]
    [InlineData("a/b/c")]
    [InlineData("/no/such/folder")]
    [InlineData("who?x=1")]
    public async Task Other_names_are_rejected(string name) =>
        Assert.Equal("base-model-unknown", (await Assert.ThrowsAsync<InputRejectedException>(() => resolver.ResolveAsync(name, null, TestContext.Current.CancellationToken))).Rule);

    [Theory]
    [InlineData("http://hub.example")]
    [InlineData("ftp://hub.example")]
    [InlineData("hub")]
    public void A_hub_endpoint_without_https_is_rejected(string endpoint) =>
        Assert.Throws<InputRejectedException>(() => TestSettings.Of(("HF_ENDPOINT", endpoint)).Read<HubOptions>());

    public void Dispose()
    {
        client.Dispose();
        folder.Dispose();
    }

    private sealed class PlugIn : IBaseModel
    {
        public string Name => "plug-in";

        public Recipe DefaultRecipe(DatasetManifest dataset, string? teacher) => new() { Epochs = 7 };

        public Task<PreparedTraining> PrepareAsync(
            IPreparedDataset dataset, Recipe recipe, ITeacher? teacher, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
