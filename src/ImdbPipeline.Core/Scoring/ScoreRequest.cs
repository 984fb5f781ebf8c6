using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Scoring;

/// <summary>
/// The body of <c>POST /api/score</c>: <c>{"text": "…"}</c> for one text, <c>{"reviews": [{"id": "…", "text": "…"}, …]}</c>
/// for up to <see cref="MaxTexts"/>.
/// </summary>
public sealed record ScoreRequest
{
    public const int MaxTexts = 100;

    /// <summary>Enough for a hundred long texts; upload files to <c>incoming</c> instead.</summary>
    public const int MaxBytes = 1024 * 1024;

    private static readonly ScoringLimits limits = new();

    private const string Shape = """{"text": "…"} or {"reviews": [{"id": "…", "text": "…"}]}""";

    private ScoreRequest(IReadOnlyList<TextToScore> reviews) => Texts = reviews;

    /// <summary>The task whose champion scores the texts.</summary>
    public string Task { get; init; } = LabelledTask.Default;

    /// <summary>1 to <see cref="MaxTexts"/> non-empty texts.</summary>
    public IReadOnlyList<TextToScore> Texts { get; }

    /// <exception cref="InputRejectedException">No texts, too many texts, or one that is empty or too long.</exception>
    public static ScoreRequest Of(IReadOnlyList<TextToScore> reviews)
    {
        ArgumentNullException.ThrowIfNull(reviews);
        if (reviews.Count is < 1 or > MaxTexts)
            throw Rejected(ErrorRules.ReviewCount, $"1 to {MaxTexts} texts", $"{reviews.Count}", "Upload larger batches to incoming as a file.");
        for (var i = 0; i < reviews.Count; i++)
        {
            if (limits.FindFault(reviews[i]?.Id, reviews[i]?.Text) is var (expected, found))
                throw Rejected(ErrorRules.ReviewText, expected, $"{found} in item {i + 1}", "Correct or leave out the item.");
        }
        return new ScoreRequest(reviews);
    }

    /// <param name="task">The query parameter <c>task</c>; null or empty for the default task.</param>
    /// <exception cref="InputRejectedException">A task cannot have this name (HTTP 400).</exception>
    public ScoreRequest For(string? task)
    {
        if (string.IsNullOrEmpty(task))
            return this;
        return TaskStore.IsName(task)
            ? this with { Task = task }
            : throw Rejected(ErrorRules.RequestTask, "the name of a task in ?task=", $"'{UntrustedText.Escape(task)}'", "The status lists the tasks.");
    }

    /// <summary>Reads the request body, at most <see cref="MaxBytes"/>.</summary>
    /// <exception cref="InputRejectedException">The body is not a valid request (HTTP 400).</exception>
    public static async Task<ScoreRequest> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        var bytes = new byte[MaxBytes + 1];
        var length = await ReadAsync(body, bytes, cancellationToken);
        if (length > MaxBytes)
            throw Rejected(ErrorRules.RequestSize, $"at most {MaxBytes} bytes", "more", "Send fewer texts, or upload them to incoming as a file.");
        try
        {
            var request = JsonSerializer.Deserialize<Body>(WithoutMark(bytes.AsSpan(0, length)), PipelineJson.Message);
            return (request?.Text, request?.Reviews) switch
            {
                ({ } text, null) => Of([new TextToScore(text)]),
                (null, { } reviews) => Of(reviews),
                ({ }, { }) => throw Rejected(ErrorRules.RequestShape, Shape, "both forms", "Send only one of them."),
                _ => throw Rejected(ErrorRules.RequestShape, Shape, "neither text nor reviews", "Add one of them."),
            };
        }
        catch (JsonException e)
        {
            throw Rejected(ErrorRules.RequestJson, Shape, $"an invalid body ({Describe(e)})", "Send the body as UTF-8 JSON in one of these forms.", e);
        }
    }

    private static async Task<int> ReadAsync(Stream body, byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (IOException e)
        {
            // The server found a broken or oversized body, or the client went away.
            throw Rejected(ErrorRules.RequestBody, $"a body of at most {MaxBytes} bytes that is sent completely", e.Message.TrimEnd('.'), "Send the request again.", e);
        }
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> body) => body.StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body;

    /// <summary>What is wrong with a body, without the names of this program's types.</summary>
    private static string Describe(JsonException e) =>
        e.Message.Contains("could not be converted", StringComparison.Ordinal) ? $"a value of another type at {e.Path}"
        : e.Message.Contains("could not be mapped", StringComparison.Ordinal) ? $"an unknown field at {e.Path}"
        : e.Message;

    private static InputRejectedException Rejected(ErrorRule rule, string expected, string found, string remedy, Exception? inner = null) =>
        new(rule, "score request", expected, found, remedy, inner);

    private sealed record Body(string? Text = null, IReadOnlyList<TextToScore>? Reviews = null);
}

/// <param name="Text">The text to score.</param>
/// <param name="Id">Echoed in the response.</param>
public sealed record TextToScore(string Text, [property: JsonConverter(typeof(IdConverter))] string? Id = null);
