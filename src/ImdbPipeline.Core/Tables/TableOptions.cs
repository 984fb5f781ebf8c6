namespace ImdbPipeline.Core.Tables;

/// <summary>How to read a table.</summary>
/// <param name="MaxRowLength">Length of one row, in bytes or characters.</param>
/// <param name="Columns">The columns that the user chose.</param>
/// <param name="KeepCells">Whether rows have the values of all columns, not only of those that are read.</param>
internal sealed record TableOptions(int MaxRowLength, ColumnChoice Columns, bool KeepCells = false);
