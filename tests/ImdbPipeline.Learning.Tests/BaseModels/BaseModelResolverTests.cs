using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Learning.Tests.BaseModels;

public sealed class BaseModelResolverTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly HubClient client = new(new HubOptions(), TimeProvider.System);
    private readonly BaseModelResolver resolver;

    public BaseModelResolverTests() =>
        resolver = new BaseModelResolver(new HubModels(client, new ModelCache(folder["cache"], TimeProvider.System)), stored: null);

    [Fact]
    public async Task Scratch_mini_needs_no_files() =>
        Assert.Null((await resolver.ResolveAsync("scratch-mini", null, TestContext.Current.CancellationToken)).Folder);

    [Fact]
    public async Task An_existing_folder_is_used_as_is() =>
        Assert.Equal(folder.Path, (await resolver.ResolveAsync(folder.Path, null, TestContext.Current.CancellationToken)).Folder);

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
}
