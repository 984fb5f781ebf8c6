using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Recognized column names, in order of preference.</summary>
internal static class TableColumns
{
    public const int Count = 6;

    private static readonly string[][] Names =
    [
        ["text", "review", "review_text", "reviewtext", "sentence", "content", "comment", "document", "body", "phrase"],
        ["label", "sentiment", "class", "target", "category", "polarity"],
        ["id", "review_id"],
        ["split", "subset"],
        ["rating", "stars", "score"],
        ["movie", "movie_id", "film", "title", "product"],
    ];

    private static readonly Dictionary<string, (TableColumn Column, int Rank)> Known = Names
        .SelectMany((names, column) => names.Select((name, rank) => (name, column, rank)))
        .ToDictionary(known => known.name, known => ((TableColumn)known.column, known.rank), StringComparer.Ordinal);

    /// <summary>Recognized names of the text column.</summary>
    public static IReadOnlyList<string> TextNames => Names[(int)TableColumn.Text];

    /// <returns>The position in <paramref name="header"/> of each <see cref="TableColumn"/>; -1 if missing.</returns>
    public static int[] Find(IReadOnlyList<string> header)
    {
        var found = new int[Count];
        var ranks = new int[Count];
        Array.Fill(found, -1);
        for (var position = 0; position < header.Count; position++)
            if (Known.TryGetValue(header[position].Trim().ToLowerInvariant(), out var known)
                && (found[(int)known.Column] < 0 || known.Rank < ranks[(int)known.Column]))
                (found[(int)known.Column], ranks[(int)known.Column]) = (position, known.Rank);
        return found;
    }

    /// <exception cref="InputRejectedException">The text or label column is missing.</exception>
    public static void Require(int[] found, IReadOnlyList<string> header, ArchiveFile archive, string member)
    {
        foreach (var column in new[] { TableColumn.Text, TableColumn.Label })
            if (found[(int)column] < 0)
                throw archive.Reject(
                    ErrorRules.TableColumns, $"a {column.ToString().ToLowerInvariant()} column, named {string.Join(", ", Names[(int)column])}",
                    $"the columns {string.Join(", ", header.Take(20).Select(name => $"'{UntrustedText.Escape(name.Length > 40 ? name[..40] : name)}'"))}",
                    "Name the columns in the first row.", member);
    }
}
