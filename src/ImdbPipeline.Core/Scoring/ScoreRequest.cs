using System.Text.Json;

namespace ImdbPipeline.Core.Scoring;

/// <summary>
/// The body of <c>POST /api/score</c>: <c>{"text": "…"}</c> for one review, <c>{"reviews": [{"id": "…", "text": "…"}, …]}</c>
/// for up to a hundred.
/// </summary>
public sealed record ScoreRequest
{
    public const int MostReviews = 100;

    /// <summary>A hundred long reviews fit; whole files belong into <c>incoming</c>.</summary>
    public const int MostBytes = 1024 * 1024;

    private const string Shape = """{"text": "…"} or {"reviews": [{"id": "…", "text": "…"}]}""";

    private ScoreRequest(IReadOnlyList<ReviewToScore> reviews) => Reviews = reviews;

    /// <summary>1 to <see cref="MostReviews"/>, each with a text.</summary>
    public IReadOnlyList<ReviewToScore> Reviews { get; }

    /// <exception cref="InputRejectedException">No review, too many, or one without text.</exception>
    public static ScoreRequest Of(IReadOnlyList<ReviewToScore> reviews)
    {
        ArgumentNullException.ThrowIfNull(reviews);
        if (reviews.Count is < 1 or > MostReviews)
            throw Rejected("review-count", $"1 to {MostReviews} reviews", $"{reviews.Count}", "Upload larger batches as a file to incoming.");
        for (var i = 0; i < reviews.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(reviews[i]?.Text))
                throw Rejected("review-text", "a text in every review", $"none in review {i + 1}", "Give each review a non-empty text.");
        }
        return new ScoreRequest(reviews);
    }

    /// <summary>Reads a request's body, and no more of it than <see cref="MostBytes"/>.</summary>
    /// <exception cref="InputRejectedException">The body is no such request (HTTP 400).</exception>
    public static async Task<ScoreRequest> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        var bytes = new byte[MostBytes + 1];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > MostBytes)
            throw Rejected("request-size", $"at most {MostBytes} bytes", "more", "Send fewer reviews, or upload them as a file to incoming.");
        try
        {
            var read = JsonSerializer.Deserialize<Body>(bytes.AsSpan(0, length), PipelineJson.Message);
            return (read?.Text, read?.Reviews) switch
            {
                ({ } text, null) => Of([new ReviewToScore(text)]),
                (null, { } reviews) => Of(reviews),
                ({ }, { }) => throw Rejected("request-shape", Shape, "both forms in one", "Send one of the two."),
                _ => throw Rejected("request-shape", Shape, "neither text nor reviews", "Name the review text."),
            };
        }
        catch (JsonException e)
        {
            throw Rejected("request-json", Shape, $"a body that is not it ({e.Message})", "Correct the body; it is UTF-8 JSON.", e);
        }
    }

    private static InputRejectedException Rejected(string rule, string expected, string found, string remedy, Exception? inner = null) =>
        new(rule, "score request", expected, found, remedy, inner);

    private sealed record Body(string? Text = null, IReadOnlyList<ReviewToScore>? Reviews = null);
}

/// <param name="Text">The review.</param>
/// <param name="Id">Echoed in the answer; its place in the request, counted from 1, where null.</param>
public sealed record ReviewToScore(string Text, string? Id = null);
