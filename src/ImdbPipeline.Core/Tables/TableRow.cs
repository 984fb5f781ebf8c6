namespace ImdbPipeline.Core.Tables;

/// <summary>A table row: its values, with columns identified by name, or its error.</summary>
/// <param name="Number">One-based; 0 for a header without values.</param>
internal sealed record TableRow(int Number, TableColumns Columns)
{
    private readonly string?[] values = new string?[TableColumns.Count];

    /// <summary>The values of all columns, in the order of the header; null unless they were asked for and could be read.</summary>
    public IReadOnlyList<string?>? Cells { get; init; }

    /// <summary>Why the row cannot be used; values that could be read all the same, such as the id, are there.</summary>
    public RowError? Error { get; init; }

    /// <summary>Why the label cannot be used, which matters only in a dataset.</summary>
    public RowError? LabelError { get; init; }

    /// <summary>Whether cells are missing at its end.</summary>
    public bool IsShort { get; init; }

    public string? this[TableColumn column]
    {
        get => values[(int)column];
        set => values[(int)column] = value;
    }

    public static TableRow Bad(int number, RowError error) => new(number, TableColumns.TextOnly) { Error = error };
}

internal enum TableColumn
{
    Text,
    Label,
    Id,
    Split,
    Rating,
    Movie,
}
