using System.Text;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Scoring;

public sealed class ScoreRequestTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reviews_are_scored_by_the_champion_in_order()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        var request = await ReadAsync("""{"reviews": [{"id": "x", "text": "bad"}, {"text": "good"}]}""");

        var records = await pipeline.Get<ScoreRequestHandler>().HandleAsync(request, Cancelled);

        Assert.Equal([("x", "neg", "m1"), ("2", "pos", "m1")], records.Select(r => (r.Id, r.Label, r.Model)));
    }

    [Fact]
    public async Task Without_a_champion_the_request_is_told_so()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var request = await ReadAsync("""{"text": "good"}""");

        await Assert.ThrowsAsync<NoChampionException>(() => pipeline.Get<ScoreRequestHandler>().HandleAsync(request, Cancelled));
    }

    [Fact]
    public async Task Champion_that_cannot_be_loaded_is_not_the_callers_fault()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        pipeline.Scorers.Lose("m1");
        var request = await ReadAsync("""{"text": "good"}""");

        await Assert.ThrowsAsync<InvalidOperationException>(() => pipeline.Get<ScoreRequestHandler>().HandleAsync(request, Cancelled));
    }

    [Theory]
    [InlineData("", "request-json")]
    [InlineData("good film", "request-json")]
    [InlineData("{}", "request-shape")]
    [InlineData("null", "request-shape")]
    [InlineData("""{"text": "a", "reviews": []}""", "request-shape")]
    [InlineData("""{"reviews": []}""", "review-count")]
    [InlineData("""{"reviews": [null]}""", "review-text")]
    [InlineData("""{"reviews": [{"text": " "}]}""", "review-text")]
    [InlineData("""{"texts": ["a"]}""", "request-json")]
    [InlineData("""{"text": 5}""", "request-json")]
    [InlineData("""{"text": "a", "text": "b"}""", "request-json")]
    public async Task Request_that_is_none_is_refused(string body, string rule) =>
        Assert.Equal(rule, (await Assert.ThrowsAsync<InputRejectedException>(() => ReadAsync(body))).Rule);

    [Fact]
    public async Task Too_many_reviews_are_refused() =>
        Assert.Equal("review-count", (await Assert.ThrowsAsync<InputRejectedException>(
            () => ReadAsync($$"""{"reviews": [{{string.Join(',', Enumerable.Repeat("""{"text": "a"}""", ScoreRequest.MostReviews + 1))}}]}"""))).Rule);

    [Fact]
    public async Task Too_many_bytes_are_refused() =>
        Assert.Equal("request-size", (await Assert.ThrowsAsync<InputRejectedException>(
            () => ReadAsync($$"""{"text": "{{new string('a', ScoreRequest.MostBytes)}}"}"""))).Rule);

    private static Task<ScoreRequest> ReadAsync(string body) =>
        ScoreRequest.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(body)), Cancelled);
}
