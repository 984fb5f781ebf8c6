namespace ImdbPipeline.Core.Archives;

/// <summary>A row of a table, its columns found by their names; see <see cref="TableColumns"/>.</summary>
/// <param name="Number">From 1, the header not counted.</param>
internal sealed record TableRow(int Number)
{
    private readonly string?[] values = new string?[TableColumns.Count];

    public string? this[TableColumn column]
    {
        get => values[(int)column];
        set => values[(int)column] = value;
    }
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
