using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Scoring;

/// <summary>
/// The body of <c>POST /api/score</c>: <c>{"text": "…"}</c> for one text, <c>{"texts": ["…", {"id": "…", "text": "…"}, …]}</c>
/// for up to <see cref="MaxTexts"/>; <c>reviews</c> is another name for <c>texts</c>.
/// </summary>
public sealed record ScoreRequest
{
    public const int MaxTexts = 100;

    /// <summary>Enough for a hundred long texts; upload files to <c>incoming</c> instead.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const string Shape = """{"text": "…"} or {"texts": [{"id": "…", "text": "…"}]}""";

    private const string ItemShape = """a text or {"id": "…", "text": "…"}""";

    private static readonly ScoringLimits limits = new();

    private ScoreRequest(IReadOnlyList<IncomingRow> rows, bool isSingle) => (Rows, IsSingle) = (rows, isSingle);

    /// <summary>The task whose champion scores the texts.</summary>
    public string Task { get; init; } = LabelledTask.Default;

    /// <summary>1 to <see cref="MaxTexts"/> texts in the order of the request; one that cannot be scored has its error.</summary>
    public IReadOnlyList<IncomingRow> Rows { get; }

    /// <summary>Whether the request is about one text, so that the answer is one record and no list.</summary>
    public bool IsSingle { get; }

    /// <exception cref="InputRejectedException">The text is empty or too long.</exception>
    public static ScoreRequest Of(string text)
    {
        return limits.FindFault(null, text, damage: null) is var (expected, found)
            ? throw Rejected(ErrorRules.ReviewText, expected, found, "Send another text.")
            : new ScoreRequest([new IncomingRow(1, null, text, null)], isSingle: true);
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
            if (request is { Texts: not null, Reviews: not null })
                throw Rejected(ErrorRules.RequestShape, Shape, "both texts and reviews", "Send only one of them.");
            return (request?.Text, request?.Texts ?? request?.Reviews) switch
            {
                ({ } text, null) => Of(text),
                (null, { } texts) => Of(texts),
                ({ }, { }) => throw Rejected(ErrorRules.RequestShape, Shape, "both forms", "Send only one of them."),
                _ => throw Rejected(ErrorRules.RequestShape, Shape, "neither text nor texts", "Add one of them."),
            };
        }
        catch (JsonException e)
        {
            throw Rejected(ErrorRules.RequestJson, Shape, $"an invalid body ({Describe(e)})", "Send the body as UTF-8 JSON in one of these forms.", e);
        }
    }

    private static ScoreRequest Of(IReadOnlyList<JsonElement> items) => items.Count is < 1 or > MaxTexts
        ? throw Rejected(ErrorRules.ReviewCount, $"1 to {MaxTexts} texts", $"{items.Count}", "Upload larger batches to incoming as a file.")
        : new ScoreRequest([.. items.Select((item, i) => Read(i + 1, item))], isSingle: false);

    private static IncomingRow Read(int row, JsonElement item)
    {
        try
        {
            var text = item.ValueKind == JsonValueKind.String ? new TextToScore(item.GetString()) : item.Deserialize<TextToScore>(PipelineJson.Message);
            return limits.Check(row, text?.Id, text?.Text, text is null ? (ItemShape, "null") : null);
        }
        catch (JsonException e)
        {
            return limits.Check(row, FindId(item), null, (ItemShape, Describe(e)));
        }
        catch (InvalidOperationException)
        {
            return limits.Check(row, FindId(item), null, ("Unicode text", "a lone surrogate"));
        }
    }

    /// <returns>The id of an item that is otherwise invalid; null if it has none that can be read.</returns>
    private static string? FindId(JsonElement item)
    {
        try
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("id", out var id))
                return null;
            return id.ValueKind == JsonValueKind.Number ? id.GetRawText() : id.ValueKind == JsonValueKind.String ? id.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate.
            return null;
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
        e.InnerException?.Message.Contains("UTF-16", StringComparison.Ordinal) == true ? $"a lone surrogate at {e.Path}"
        : e.Message.Contains("could not be converted", StringComparison.Ordinal) ? $"a value of another type at {e.Path}"
        : e.Message.Contains("could not be mapped", StringComparison.Ordinal) ? $"an unknown field at {e.Path}"
        : e.Message;

    private static InputRejectedException Rejected(ErrorRule rule, string expected, string found, string remedy, Exception? inner = null) =>
        new(rule, "score request", expected, found, remedy, inner);

    private sealed record Body(string? Text = null, IReadOnlyList<JsonElement>? Texts = null, IReadOnlyList<JsonElement>? Reviews = null);

    /// <param name="Text">The text to score.</param>
    /// <param name="Id">Echoed in the response.</param>
    private sealed record TextToScore(string? Text, [property: JsonConverter(typeof(IdConverter))] string? Id = null);
}
