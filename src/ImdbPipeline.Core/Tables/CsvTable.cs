using System.Text;
using ImdbPipeline.Core.Foundation;
using Sylvan.Data.Csv;

namespace ImdbPipeline.Core.Tables;

/// <summary>Reads a CSV with a header (RFC 4180; comma, semicolon, tab or pipe). An open quote swallows the rest of the file, so nothing after it can be read.</summary>
internal static class CsvTable
{
    public static IEnumerable<TableRow> Read(Stream csv, int maxRowLength)
    {
        var options = new CsvDataReaderOptions
        {
            BufferSize = Math.Min(64 << 10, maxRowLength),
            MaxBufferSize = maxRowLength,
            // Rows that start with this are silently skipped. Comments cannot be turned off, but no text starts with half a character.
            Comment = '\uDFFF',
        };
        RowError? error = null;
        var number = 0;
        using var text = new StreamReader(csv, StrictEncoding.Utf8, detectEncodingFromByteOrderMarks: false, bufferSize: 64 << 10, leaveOpen: true);
        using var reader = Guard(() => CsvDataReader.Create(text, options));
        var columns = new TableColumns([.. Enumerable.Range(0, reader?.FieldCount ?? 0).Select(column => reader!.GetName(column))]);
        if (error is null)
            yield return new TableRow(number++, columns);
        while (error is null && Guard(reader!.Read))
        {
            // Blank lines are skipped.
            if (columns.Header.Length > 1 && reader.RowFieldCount == 1 && reader.GetString(0).Length == 0)
                continue;
            yield return reader.RowFieldCount == columns.Header.Length
                ? columns.Row(number++, reader.GetString)
                : TableRow.Bad(number, new RowError(
                    ErrorRules.CsvColumns, null, $"{columns.Header.Length} columns", $"{reader.RowFieldCount}", "Quote texts that contain the separator.", $"row {number++}"));
        }
        if (error is not null)
            yield return TableRow.Bad(number, error);

        T? Guard<T>(Func<T> read)
        {
            try
            {
                return read();
            }
            catch (CsvRecordTooLargeException e)
            {
                error = new RowError(
                    ErrorRules.RowTooLong, ErrorRules.IncomingRowSize, $"rows of at most {maxRowLength} characters", e.Message, "Check for a missing quote or missing line breaks.", Inner: e);
            }
            catch (CsvMissingHeadersException e)
            {
                error = new RowError(ErrorRules.TableColumns, ErrorRules.IncomingColumns, "column names in the first row", "no rows", "Name the columns in the first row.", Inner: e);
            }
            catch (CsvFormatException e)
            {
                error = new RowError(
                    ErrorRules.CsvQuotes, ErrorRules.IncomingQuotes, "quotes that are closed, and doubled inside a quoted text", e.Message, "Correct the quotes in this row.", number == 0 ? "the header" : $"row {number}", e);
            }
            catch (DecoderFallbackException e)
            {
                error = new RowError(ErrorRules.TextNotUtf8, ErrorRules.TextNotUtf8, "UTF-8 text", "bytes that are not UTF-8", "Save the text as UTF-8.", Inner: e);
            }
            return default;
        }
    }
}
