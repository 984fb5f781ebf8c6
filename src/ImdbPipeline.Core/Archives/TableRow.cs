namespace ImdbPipeline.Core.Archives;

/// <summary>A table row, with columns identified by name; see <see cref="TableColumns"/>.</summary>
/// <param name="Number">One-based, not counting the header.</param>
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
