namespace ImdbPipeline.Core.Tables;

/// <summary>How to read a table.</summary>
/// <param name="MaxRowLength">Length of one row, in bytes or characters.</param>
/// <param name="Columns">The columns that the user chose.</param>
internal sealed record TableOptions(int MaxRowLength, ColumnChoice Columns);
