using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Tests;

public sealed class PipelineHostTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Containers_and_queues_exist_once_the_host_has_started()
    {
        await using var host = await StartAsync();
        foreach (var container in StorageLayout.Containers)
            Assert.True(await host.Storage.Container(container).ExistsAsync(Cancellation), container);
        foreach (var queue in StorageLayout.Queues)
            Assert.True(await host.Storage.Queue(queue).ExistsAsync(Cancellation), queue);
    }

    [Theory]
    [InlineData("", "request-json")]
    [InlineData("{}", "request-shape")]
    [InlineData("""{"txt": "fine"}""", "request-json")]
    [InlineData("""{"reviews": []}""", "review-count")]
    public async Task An_invalid_score_request_gets_a_400_with_the_reason(string body, string rule)
    {
        await using var host = await StartAsync();
        var (status, problem) = await PostAsync(host, body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(rule, problem.GetProperty("title").GetString());
        Assert.Contains("expected", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_reports_that_it_is_alive_until_it_stops_in_order()
    {
        IReadOnlyList<HostRecord> hosts;
        HostStore store;
        await using (var host = await StartAsync())
        {
            store = new HostStore(host.Storage, TimeProvider.System);
            hosts = await Eventually.FindAsync("the host alive", async () => await store.ListAsync(Cancellation) is { Count: > 0 } found ? found : null);
        }

        Assert.StartsWith("imdb up on ", Assert.Single(hosts).Host, StringComparison.Ordinal);
        Assert.Empty(await store.ListAsync(Cancellation));
    }

    [Fact]
    public async Task A_score_request_before_the_first_champion_gets_a_409()
    {
        await using var host = await StartAsync();
        var (status, problem) = await PostAsync(host, """{"text": "A fine film."}""");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("no-champion", problem.GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("localhost:7071", null, "application/json", null)]
    [InlineData("127.0.0.1", null, "application/json; charset=utf-8", null)]
    [InlineData("[::1]:7071", "http://localhost:3000", "application/json", null)]
    [InlineData("attacker.example", null, "application/json", "header Host: expected localhost, a loopback address or 127.0.0.1, found 'attacker.example'.")]
    [InlineData("localhost.attacker.example:7071", null, "application/json", "header Host: ")]
    [InlineData("localhost", "https://attacker.example", "application/json", "header Origin: expected a page on this machine, found 'https://attacker.example'.")]
    [InlineData("localhost", "null", "application/json", "header Origin: ")]
    [InlineData("localhost", null, "text/plain", "header Content-Type: expected application/json, found 'text/plain'.")]
    [InlineData("localhost", null, "application/x-www-form-urlencoded", "With curl, use --json instead of -d.")]
    public async Task A_request_that_a_web_page_could_make_is_refused(string host, string? origin, string contentType, string? refusal)
    {
        await using var pipeline = await StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(pipeline.Address, "api/score")) { Content = new StringContent("{}") };
        request.Headers.Host = host;
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using var response = await http.SendAsync(request, Cancellation);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(refusal is null ? "request-shape" : "request-not-local", problem.GetProperty("title").GetString());
        Assert.Contains(refusal ?? "neither text nor texts", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_is_served_as_JSON()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient();
        var status = await http.GetFromJsonAsync<JsonElement>(new Uri(host.Address, "api/status"), Cancellation);
        Assert.Contains(StorageLayout.RetrainQueue, status.GetProperty("queues").EnumerateArray().Select(queue => queue.GetProperty("queue").GetString()));
    }

    [Fact]
    public async Task A_second_host_on_the_same_address_fails_to_start()
    {
        await using var host = await StartAsync();
        var rejected = await Assert.ThrowsAsync<InputRejectedException>(() => StartAsync(host.Address));
        Assert.Equal("port-taken", rejected.Rule);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("3601")]
    [InlineData("-5")]
    [InlineData("1.5")]
    [InlineData("soon")]
    public async Task A_host_with_an_invalid_queue_lease_fails_to_start(string seconds)
    {
        var options = Options(new Uri("http://127.0.0.1:0")) with { Settings = new Dictionary<string, string> { ["QueueLeaseSeconds"] = seconds } };
        var rejected = await Assert.ThrowsAsync<InputRejectedException>(() => PipelineHost.StartAsync(options, Cancellation));
        Assert.Contains($"'{seconds}'", rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_host_stops_without_an_error()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var start = PipelineHost.StartAsync(Options(new Uri("http://127.0.0.1:0")), stop.Token);
        await stop.CancelAsync();
        // The host may have been fast enough to start.
        if (await Record.ExceptionAsync(() => start) is { } error)
            Assert.IsAssignableFrom<OperationCanceledException>(error);
        else
            await (await start).DisposeAsync();
    }

    private Task<PipelineHost> StartAsync(Uri? address = null) =>
        PipelineHost.StartAsync(Options(address ?? new Uri("http://127.0.0.1:0")), Cancellation);

    private LocalHostOptions Options(Uri address) => new()
    {
        Storage = azurite.NewAccount(),
        Address = address,
        Trainer = null,
        Logging = logging => logging.ClearProviders(),
    };

    private static async Task<(HttpStatusCode Status, JsonElement Problem)> PostAsync(PipelineHost host, string body)
    {
        using var http = new HttpClient();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(host.Address, "api/score"), content, Cancellation);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation));
    }
}
