using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Archives;

/// <summary>How to read the tables of an archive.</summary>
public sealed record SourceOptions
{
    public static SourceOptions Default { get; } = new();

    public ColumnChoice Columns { get; init; } = ColumnChoice.None;

    /// <summary>Share of the rows that may be unreadable, 0 to 1; they are left out.</summary>
    public double MaxUnreadable { get; init; } = 0.01;
}
