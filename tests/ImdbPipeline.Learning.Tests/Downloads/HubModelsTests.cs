using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Learning.Tests.Downloads;

public sealed class HubModelsTests : IAsyncDisposable
{
    private readonly TemporaryFolder cache = new();
    private readonly FaultyHub hub = new();
    private readonly HubClient client;
    private readonly HubModels models;

    public HubModelsTests()
    {
        var random = new Random(1);
        var weights = new byte[300_000];
        random.NextBytes(weights);
        hub.Files["config.json"] = "{}"u8.ToArray();
        hub.Files["vocab.txt"] = "[PAD]\n"u8.ToArray();
        hub.Files["tokenizer.json"] = "{}"u8.ToArray();
        hub.Files["model.safetensors"] = weights;
        client = new HubClient(new HubOptions { Endpoint = hub.Endpoint, RetryDelay = TimeSpan.FromMilliseconds(1), Attempts = 4 }, TimeProvider.System);
        models = new HubModels(client, new ModelCache(cache.Path, TimeProvider.System));
    }

    [Fact]
    public async Task A_model_is_downloaded_once()
    {
        var folder = await GetAsync();
        var requests = hub.Requests.Count;
        var again = await GetAsync();

        Assert.Equal(folder, again);
        Assert.Equal(["config.json", "model.safetensors", "tokenizer.json", "vocab.txt"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        Assert.Equal(hub.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Equal(requests + 1, hub.Requests.Count);
    }

    [Fact]
    public async Task A_model_without_a_vocabulary_is_downloaded_with_its_tokenizer()
    {
        hub.Files.Remove("vocab.txt");
        hub.Files["special_tokens_map.json"] = hub.Files["added_tokens.json"] = hub.Files["tokenizer_config.json"] = "{}"u8.ToArray();

        var folder = await GetAsync();

        Assert.Equal(
            ["added_tokens.json", "config.json", "model.safetensors", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json"],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_model_without_a_tokenizer_is_rejected()
    {
        hub.Files.Remove("vocab.txt");
        hub.Files.Remove("tokenizer.json");

        var e = await Assert.ThrowsAsync<InputRejectedException>(GetAsync);

        Assert.Equal("base-model-missing", e.Rule);
        Assert.Contains("tokenizer.json or vocab.txt", e.Message);
    }

    [Fact]
    public async Task A_broken_download_resumes_where_it_stopped()
    {
        hub.Faults.Enqueue(Fault.Drops);
        hub.Faults.Enqueue(Fault.Drops);

        var folder = await GetAsync();

        Assert.Equal(hub.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Contains(hub.Requests, r => r is { Method: "GET", Path: "model.safetensors", From: > 0 });
    }

    [Fact]
    public async Task A_request_to_an_unavailable_hub_is_retried()
    {
        hub.Faults.Enqueue(Fault.Unavailable);
        hub.Faults.Enqueue(Fault.Unavailable);

        await GetAsync();

        Assert.Equal(3, hub.Requests.Count(r => r is { Method: "GET", Path: "model.safetensors" }));
    }

    [Fact]
    public async Task A_damaged_download_restarts_from_the_beginning()
    {
        hub.Faults.Enqueue(Fault.Damaged);

        var folder = await GetAsync();

        Assert.Equal(hub.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Equal(2, hub.Requests.Count(r => r is { Method: "GET", Path: "model.safetensors", From: 0 }));
    }

    [Fact]
    public async Task Repeatedly_damaged_downloads_leave_no_model_in_the_cache()
    {
        for (var i = 0; i < 4; i++)
            hub.Faults.Enqueue(Fault.Damaged);

        var e = await Assert.ThrowsAsync<InvalidDataException>(GetAsync);

        Assert.Contains("checksum", e.Message);
        Assert.DoesNotContain(Directory.GetDirectories(cache.Path, "*", SearchOption.AllDirectories), d => d.EndsWith(FaultyHub.Commit));
        // The next attempt succeeds.
        await GetAsync();
    }

    [Fact]
    public async Task A_model_with_only_pickled_weights_is_rejected()
    {
        hub.Files["pytorch_model.bin"] = hub.Files["model.safetensors"];
        hub.Files.Remove("model.safetensors");

        Assert.Equal("weights-pickled", (await Assert.ThrowsAsync<InputRejectedException>(GetAsync)).Rule);
    }

    [Fact]
    public async Task An_unknown_model_is_rejected_without_a_retry()
    {
        hub.Files.Clear();

        Assert.Equal("base-model-missing", (await Assert.ThrowsAsync<InputRejectedException>(GetAsync)).Rule);
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task A_downloaded_model_is_available_while_the_hub_is_down()
    {
        var folder = await GetAsync();
        await hub.DisposeAsync();

        Assert.Equal(folder, await GetAsync());
    }

    [Fact]
    public async Task A_hub_that_does_not_respond_rejects_a_model_that_is_not_in_the_cache()
    {
        await hub.DisposeAsync();

        var rejection = await Assert.ThrowsAsync<InputRejectedException>(GetAsync);

        Assert.Equal(ErrorRules.HubUnreachable.Id, rejection.Rule);
        Assert.Contains("expected a built-in model, an existing folder, or a response of http://127.0.0.1", rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Concurrent_callers_share_one_download()
    {
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => GetAsync()));

        Assert.Single(hub.Requests, r => r is { Method: "GET", Path: "model.safetensors" });
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await hub.DisposeAsync();
        cache.Dispose();
    }

    private Task<string> GetAsync() => models.GetAsync("someone/some-model", null, TestContext.Current.CancellationToken);
}
