using System.Text;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Scoring;

[Slow]
public sealed class ScoreRequestTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Texts_are_scored_by_the_champion_in_order()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        var request = await ReadAsync("""{"reviews": [{"id": "x", "text": "bad"}, {"text": "good"}]}""");

        var records = await pipeline.Get<ScoreRequestHandler>().HandleAsync(request, Cancellation);

        Assert.Equal([(1, "x", "neg", "m1"), (2, null, "pos", "m1")], records.Select(r => (r.Row, r.Id, r.Label, r.Model)));
    }

    [Fact]
    public async Task Without_a_champion_a_request_fails_with_NoChampionException()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var request = await ReadAsync("""{"text": "good"}""");

        await Assert.ThrowsAsync<NoChampionException>(() => pipeline.Get<ScoreRequestHandler>().HandleAsync(request, Cancellation));
    }

    [Fact]
    public async Task A_champion_that_cannot_be_loaded_is_not_reported_as_invalid_input()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        pipeline.Scorers.Remove("m1");
        var request = await ReadAsync("""{"text": "good"}""");

        await Assert.ThrowsAsync<ChampionUnusableException>(() => pipeline.Get<ScoreRequestHandler>().HandleAsync(request, Cancellation));
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
    public async Task An_invalid_request_is_rejected(string body, string rule) =>
        Assert.Equal(rule, (await Assert.ThrowsAsync<InputRejectedException>(() => ReadAsync(body))).Rule);

    [Fact]
    public async Task A_numeric_id_and_a_byte_order_mark_are_read_as_in_files()
    {
        var texts = (await ReadAsync("\uFEFF" + """{"reviews": [{"id": 7, "text": "a"}, {"id": 7.50, "text": "b"}, {"id": null, "text": "c"}]}""")).Texts;

        Assert.Equal(["7", "7.50", null], texts.Select(text => text.Id));
    }

    [Theory]
    [InlineData("""{"reviews": [{"id": true, "text": "a"}]}""", "found an invalid body (a value of another type at $.reviews[0].id).")]
    [InlineData("""{"text": 5}""", "found an invalid body (a value of another type at $.text).")]
    [InlineData("""{"texts": ["a"]}""", "found an invalid body (an unknown field at $.texts).")]
    public async Task An_error_in_the_body_is_named_by_its_place_and_not_by_a_type(string body, string message) =>
        Assert.Contains(message, (await Assert.ThrowsAsync<InputRejectedException>(() => ReadAsync(body))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Too_many_texts_are_rejected() =>
        Assert.Equal("review-count", (await Assert.ThrowsAsync<InputRejectedException>(
            () => ReadAsync($$"""{"reviews": [{{string.Join(',', Enumerable.Repeat("""{"text": "a"}""", ScoreRequest.MaxTexts + 1))}}]}"""))).Rule);

    [Fact]
    public async Task Too_many_bytes_are_rejected() =>
        Assert.Equal("request-size", (await Assert.ThrowsAsync<InputRejectedException>(
            () => ReadAsync($$"""{"text": "{{new string('a', ScoreRequest.MaxBytes)}}"}"""))).Rule);

    private static Task<ScoreRequest> ReadAsync(string body) =>
        ScoreRequest.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(body)), Cancellation);
}
