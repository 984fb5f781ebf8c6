using System.Text;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tables;

/// <summary>Reads a CSV (RFC 4180; comma, semicolon, tab or pipe). Cells missing at the end of a row are empty.</summary>
internal static class CsvTable
{
    private const string ProperQuotes = "quotes that are closed, and doubled or escaped by a backslash inside a quoted text";

    public static IEnumerable<TableRow> Read(Stream csv, TableOptions options) => Read(csv, options, tabs: false);

    /// <summary>Tab-separated; texts may be quoted, but a quote that does not fit is part of the text.</summary>
    public static IEnumerable<TableRow> ReadTabs(Stream csv, TableOptions options) => Read(csv, options, tabs: true);

    private static IEnumerable<TableRow> Read(Stream csv, TableOptions options, bool tabs)
    {
        using var text = new StreamReader(csv, StrictEncoding.Utf8, detectEncodingFromByteOrderMarks: false, bufferSize: 64 << 10, leaveOpen: true);
        var records = new CsvRecords(text, options.MaxRowLength, tabs);
        RowError? notUtf8 = null;

        var first = Guard(() => records.ReadFirst(hasHeader: !options.Columns.AreAllPositions));
        if (notUtf8 is not null || first is not (CsvState.Read or CsvState.TooManyCells))
        {
            yield return TableRow.Bad(0, notUtf8 ?? HeaderError(first, options));
            yield break;
        }
        string[] cells = [.. records.Cells];
        var isByPosition = options.Columns.IsByPosition(cells);
        // Positions may also be given for a table that has a header.
        var isData = isByPosition && new TableColumns(cells, ColumnChoice.None)[TableColumn.Text] < 0;
        var columns = isByPosition ? TableColumns.ByPosition(cells.Length, options.Columns) : new TableColumns(cells, options.Columns);
        yield return new TableRow(0, columns);
        var number = 0;
        if (isData)
            yield return columns.Row(++number, position => cells[position], options.KeepCells);

        while (Guard(() => records.Read(columns.Header.Length)) is var state && notUtf8 is null && state != CsvState.End)
        {
            // Blank lines are skipped.
            if (state == CsvState.Read && columns.Header.Length > 1 && records.Cells is [""])
                continue;
            number++;
            var row = columns.Row(number, Cell, options.KeepCells);
            if (state != CsvState.Read)
                row = Damaged(row, state, options);
            else if (records.Cells.Count < columns.Header.Length)
                row = row with { IsShort = true };
            yield return row;
        }
        if (notUtf8 is not null)
            yield return TableRow.Bad(number + 1, notUtf8);

        string? Cell(int position) => position < records.Cells.Count ? records.Cells[position] : "";

        CsvState Guard(Func<CsvState> read)
        {
            try
            {
                return read();
            }
            catch (DecoderFallbackException e)
            {
                notUtf8 = new RowError(ErrorRules.TextNotUtf8, ErrorRules.TextNotUtf8, "UTF-8 text", "bytes that are not UTF-8", "Save the text as UTF-8.", Inner: e);
                return CsvState.End;
            }
        }

        TableRow Damaged(TableRow row, CsvState state, TableOptions options)
        {
            // After the text, cells may have moved to other columns.
            var id = columns[TableColumn.Id] >= 0 && columns[TableColumn.Id] < Math.Min(columns[TableColumn.Text], records.Cells.Count) ? row[TableColumn.Id] : null;
            var damaged = TableRow.Bad(row.Number, Error(state, records.Cells.Count, columns.Header.Length, options) with { Place = $"row {row.Number}" });
            damaged[TableColumn.Id] = id;
            return damaged;
        }
    }

    private static RowError HeaderError(CsvState state, TableOptions options) => state == CsvState.End
        ? new RowError(ErrorRules.TableColumns, ErrorRules.IncomingColumns, "column names in the first row", "no rows", "Name the columns in the first row.")
        : Error(state, 0, 0, options) with { IncomingRule = ErrorRules.IncomingColumns, Place = "the first row" };

    private static RowError Error(CsvState state, int cells, int columns, TableOptions options) => state switch
    {
        CsvState.TooManyCells => new RowError(ErrorRules.CsvColumns, null, $"at most {columns} columns", $"{cells}", "Quote texts that contain the separator."),
        CsvState.TooLong => new RowError(
            ErrorRules.RowTooLong, null, $"rows of at most {options.MaxRowLength} characters", "a longer one", "Check for a missing quote or missing line breaks."),
        CsvState.OpenQuote => new RowError(ErrorRules.CsvQuotes, null, ProperQuotes, "an open one", "Correct the quotes in this row."),
        _ => new RowError(ErrorRules.CsvQuotes, null, ProperQuotes, "text after a closing quote", "Correct the quotes in this row."),
    };
}
