using System.Text;
using ImdbPipeline.Core.Foundation;
using Sylvan.Data.Csv;

namespace ImdbPipeline.Core.Archives;

/// <summary>Reads the rows of a CSV with a header (RFC 4180; comma, semicolon, tab or pipe).</summary>
internal static class CsvRows
{
    public static IEnumerable<TableRow> Read(Stream csv, ArchiveFile archive, string member, ArchiveLimits limits)
    {
        var options = new CsvDataReaderOptions
        {
            BufferSize = Math.Min(64 << 10, limits.MaxRowLength),
            MaxBufferSize = limits.MaxRowLength,
            // By default, rows that start with # are silently skipped.
            Comment = '\0',
        };
        using var text = new StreamReader(csv, StrictEncoding.Utf8, detectEncodingFromByteOrderMarks: false, bufferSize: 64 << 10, leaveOpen: true);
        using var reader = Guard(() =>
        {
            if (text.Peek() == '\uFEFF')
                text.Read();
            return CsvDataReader.Create(text, options);
        });
        var header = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
        var columns = TableColumns.Find(header);
        TableColumns.Require(columns, header, archive, member);

        for (var number = 1; Guard(reader.Read); number++)
        {
            if (reader.RowFieldCount == 1 && reader.GetString(0).Length == 0)
                continue;
            if (reader.RowFieldCount != header.Length)
                throw archive.Reject(
                    ErrorRules.CsvColumns, $"{header.Length} columns in every row", $"{reader.RowFieldCount} in row {number}",
                    "Quote texts that contain the separator.", member);
            var row = new TableRow(number);
            for (var column = 0; column < columns.Length; column++)
                if (columns[column] >= 0)
                    row[(TableColumn)column] = reader.GetString(columns[column]);
            yield return row;
        }

        T Guard<T>(Func<T> read)
        {
            try
            {
                return read();
            }
            catch (CsvRecordTooLargeException e)
            {
                throw archive.Reject(ErrorRules.RowTooLong, $"rows of at most {limits.MaxRowLength} characters", e.Message, "Check for a missing quote or missing line breaks.", member, e);
            }
            catch (CsvMissingHeadersException e)
            {
                throw archive.Reject(ErrorRules.TableColumns, "column names in the first row", "no rows", "Name the columns in the first row.", member, e);
            }
            catch (CsvFormatException e)
            {
                throw archive.Reject(ErrorRules.CsvQuotes, "quotes that are closed, and doubled inside a quoted text", $"{e.Message} (row {e.RowNumber})", "Correct the quotes in this row.", member, e);
            }
            catch (DecoderFallbackException e)
            {
                throw StrictUtf8.NotUtf8(archive, member, e);
            }
        }
    }
}
