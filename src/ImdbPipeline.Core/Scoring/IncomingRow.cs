namespace ImdbPipeline.Core.Scoring;

/// <summary>One row of an incoming file and one line of a shard: a text, or the error of a bad row.</summary>
/// <param name="Id">The row's id, or its number in the file counted from 1.</param>
/// <param name="Text">Null for a bad row.</param>
/// <param name="Error">Null for a valid row.</param>
public sealed record IncomingRow(string Id, string? Text, string? Error)
{
    /// <summary>Validates a row.</summary>
    /// <param name="id">Null or empty if the row has no id.</param>
    /// <param name="text">Null if the row has no text.</param>
    public static IncomingRow Of(int number, string? id, string? text, ScoringLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var rowId = string.IsNullOrEmpty(id) ? $"{number}" : id;
        if (rowId.Length > limits.MaxIdCharacters)
            return Bad($"{number}", $"expected an id of at most {limits.MaxIdCharacters} characters, found {rowId.Length}");
        if (string.IsNullOrWhiteSpace(text))
            return Bad(rowId, "expected a text, found an empty one");
        return text.Length > limits.MaxTextCharacters
            ? Bad(rowId, $"expected a text of at most {limits.MaxTextCharacters} characters, found {text.Length}")
            : new IncomingRow(rowId, text, null);
    }

    public static IncomingRow Bad(string id, string error) => new(id, null, error);
}
