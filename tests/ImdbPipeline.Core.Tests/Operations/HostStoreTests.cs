using ImdbPipeline.Core.Operations;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Operations;

[Slow]
public sealed class HostStoreTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_is_alive_until_it_stops_or_has_not_reported_for_a_minute()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var hosts = pipeline.Get<HostStore>();
        Assert.Empty(await hosts.ListAsync(Cancellation));
        await hosts.WriteAsync("a", Host("first"), Cancellation);
        await hosts.WriteAsync("b", Host("second"), Cancellation);
        Assert.Equal(["first", "second"], (await hosts.ListAsync(Cancellation)).Select(host => host.Host));

        await hosts.DeleteAsync("a", Cancellation);
        Assert.Equal(["second"], (await hosts.ListAsync(Cancellation)).Select(host => host.Host));
        pipeline.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(await hosts.ListAsync(Cancellation));
        await hosts.DeleteStaleAsync(Cancellation);
        Assert.Empty(await pipeline.Storage.Runs.GetBlobsAsync(cancellationToken: Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task The_status_shows_hosts_and_what_they_cannot_do()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.Get<HostStore>().WriteAsync("a", Host("imdb up on laptop (7)", "Cannot list the container datasets."), Cancellation);

        var status = await pipeline.Get<StatusHandler>().HandleAsync(Cancellation);

        Assert.Equal("imdb up on laptop (7)", Assert.Single(status.Hosts).Host);
        Assert.Equal(["Cannot list the container datasets."], status.Problems);
        Assert.Empty(status.Runs);
    }

    private static HostRecord Host(string name, params string[] problems) => new(name, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, problems);
}
