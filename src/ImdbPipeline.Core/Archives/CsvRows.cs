using System.Text;
using Sylvan.Data.Csv;

namespace ImdbPipeline.Core.Archives;

/// <summary>The rows of a CSV with a header (RFC 4180; comma, semicolon, tab or bar).</summary>
internal static class CsvRows
{
    public static IEnumerable<TableRow> Read(Stream csv, ArchiveFile archive, string member, ArchiveLimits limits)
    {
        var options = new CsvDataReaderOptions
        {
            BufferSize = Math.Min(64 << 10, limits.MaxRowLength),
            MaxBufferSize = limits.MaxRowLength,
            // By default a row that begins with # is silently left out.
            Comment = '\0',
        };
        using var text = new StreamReader(csv, StrictText.Utf8, detectEncodingFromByteOrderMarks: false, bufferSize: 64 << 10, leaveOpen: true);
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
                    "csv-columns", $"{header.Length} columns in every row", $"{reader.RowFieldCount} in row {number}",
                    "Quote texts that hold the separator.", member);
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
                throw archive.Reject("row-too-long", $"rows of at most {limits.MaxRowLength} characters", e.Message, "Is a quote missing, or are the line ends?", member, e);
            }
            catch (CsvMissingHeadersException e)
            {
                throw archive.Reject("table-columns", "a first row with the columns' names", "no row", "Name the columns in the first row.", member, e);
            }
            catch (CsvFormatException e)
            {
                throw archive.Reject("csv-quotes", "a CSV whose quotes are closed and doubled inside", $"{e.Message} (row {e.RowNumber})", "Correct the row's quotes.", member, e);
            }
            catch (DecoderFallbackException e)
            {
                throw StrictText.NotUtf8(archive, member, e);
            }
        }
    }
}
