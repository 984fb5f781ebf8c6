using System.Text;
using System.Text.Json;
using ImdbPipeline.Core.Endpoints;
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
    public async Task A_bad_text_of_a_batch_gets_its_error_and_the_others_are_scored()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        var request = await ReadAsync("""{"texts": ["good", {"id": "x", "text": " "}, null, {"id": 7, "txt": "a"}, {"id": true, "text": "a"}, 5, {"text": "\ud800"}, "\ud800", {"id": "y", "text": "bad"}]}""");

        var records = await pipeline.Get<ScoreRequestHandler>().HandleAsync(request, Cancellation);

        const string Shape = """expected a text or {"id": "…", "text": "…"}, found """;
        Assert.Equal(
            [
                (1, null, "pos", null), (2, "x", null, "expected a text, found an empty one"), (3, null, null, Shape + "null"), (4, "7", null, Shape + "an unknown field at $.txt"),
                (5, null, null, Shape + "a value of another type at $.id"), (6, null, null, Shape + "a value of another type at $"), (7, null, null, Shape + "a lone surrogate at $.text"),
                (8, null, null, "expected Unicode text, found a lone surrogate"), (9, "y", "neg", null),
            ],
            records.Select(record => (record.Row, record.Id, record.Label, record.Error)));
    }

    [Theory]
    [InlineData("""{"text": "good"}""", JsonValueKind.Object)]
    [InlineData("""{"texts": ["good"]}""", JsonValueKind.Array)]
    [InlineData("""{"reviews": [{"text": "good"}]}""", JsonValueKind.Array)]
    public async Task One_text_is_answered_by_one_record_and_a_list_by_a_list(string body, JsonValueKind expected)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");

        var reply = await pipeline.Get<ScoreEndpoint>().HandleAsync(new MemoryStream(Encoding.UTF8.GetBytes(body)), task: null, Cancellation);

        using var answer = JsonDocument.Parse(reply.Json);
        Assert.Equal((200, expected), (reply.StatusCode, answer.RootElement.ValueKind));
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
    [InlineData("""{"texts": ["a"], "reviews": ["b"]}""", "request-shape")]
    [InlineData("""{"texts": "a"}""", "request-json")]
    [InlineData("""{"txt": "a"}""", "request-json")]
    [InlineData("""{"text": " "}""", "review-text")]
    [InlineData("""{"text": 5}""", "request-json")]
    [InlineData("""{"text": "a", "text": "b"}""", "request-json")]
    public async Task An_invalid_request_is_rejected(string body, string rule) =>
        Assert.Equal(rule, (await Assert.ThrowsAsync<InputRejectedException>(() => ReadAsync(body))).Rule);

    [Fact]
    public async Task A_numeric_id_and_a_byte_order_mark_are_read_as_in_files()
    {
        var texts = (await ReadAsync("\uFEFF" + """{"reviews": [{"id": 7, "text": "a"}, {"id": 7.50, "text": "b"}, {"id": null, "text": "c"}]}""")).Rows;

        Assert.Equal(["7", "7.50", null], texts.Select(text => text.Id));
    }

    [Theory]
    [InlineData("""{"text": 5}""", "found an invalid body (a value of another type at $.text).")]
    [InlineData("""{"txt": "a"}""", "found an invalid body (an unknown field at $.txt).")]
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
