namespace ImdbPipeline.Core.Scoring;

/// <summary>One row of an incoming file, and one line of a shard: a review, or why the row is none.</summary>
/// <param name="Id">The row's own id as text, or its number in the file, counted from 1.</param>
/// <param name="Text">Null for a bad row.</param>
/// <param name="Error">Null for a review.</param>
public sealed record IncomingRow(string Id, string? Text, string? Error)
{
    /// <summary>A row as the source has it, judged.</summary>
    /// <param name="id">Null or empty where the row names none.</param>
    /// <param name="text">Null where the row has none.</param>
    public static IncomingRow Of(int number, string? id, string? text, ScoringLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var named = string.IsNullOrEmpty(id) ? $"{number}" : id;
        if (named.Length > limits.MostIdCharacters)
            return Bad($"{number}", $"expected an id of at most {limits.MostIdCharacters} characters, found {named.Length}");
        if (string.IsNullOrWhiteSpace(text))
            return Bad(named, "expected a review, found an empty text");
        return text.Length > limits.MostTextCharacters
            ? Bad(named, $"expected a review of at most {limits.MostTextCharacters} characters, found {text.Length}")
            : new IncomingRow(named, text, null);
    }

    public static IncomingRow Bad(string id, string error) => new(id, null, error);
}
