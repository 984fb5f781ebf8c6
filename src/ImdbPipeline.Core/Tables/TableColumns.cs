using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tables;

/// <summary>The columns of a table, recognized by their names.</summary>
internal sealed class TableColumns
{
    public const int Count = 6;

    // In order of preference.
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

    private readonly int[] positions = new int[Count];

    public TableColumns(string[] header)
    {
        Header = header;
        var ranks = new int[Count];
        Array.Fill(positions, -1);
        for (var position = 0; position < header.Length; position++)
            if (Known.TryGetValue(header[position].Trim().ToLowerInvariant(), out var known)
                && (this[known.Column] < 0 || known.Rank < ranks[(int)known.Column]))
                (positions[(int)known.Column], ranks[(int)known.Column]) = (position, known.Rank);
    }

    /// <summary>A table without names, whose only column is the text.</summary>
    public static TableColumns TextOnly { get; } = new(["text"]);

    public string[] Header { get; }

    /// <summary>The column's position in the header; -1 if missing.</summary>
    public int this[TableColumn column] => positions[(int)column];

    /// <param name="value">The value at a position of the header.</param>
    public TableRow Row(int number, Func<int, string?> value)
    {
        var row = new TableRow(number, this);
        for (var column = 0; column < Count; column++)
            if (positions[column] >= 0)
                row[(TableColumn)column] = value(positions[column]);
        return row;
    }

    /// <returns>Null if all the columns are there.</returns>
    public RowError? Missing(params ReadOnlySpan<TableColumn> required)
    {
        foreach (var column in required)
            if (this[column] < 0)
                return new RowError(
                    ErrorRules.TableColumns, null, $"a {column.ToString().ToLowerInvariant()} column, named {string.Join(", ", Names[(int)column])}",
                    $"the columns {string.Join(", ", Header.Take(20).Select(name => $"'{UntrustedText.Escape(name.Length > 40 ? name[..40] : name)}'"))}",
                    "Name the columns in the first row.");
        return null;
    }
}
