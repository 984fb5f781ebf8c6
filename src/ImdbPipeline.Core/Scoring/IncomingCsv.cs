using System.Text;
using ImdbPipeline.Core.Archives;
using Sylvan.Data.Csv;

namespace ImdbPipeline.Core.Scoring;

/// <summary>
/// The rows of an incoming CSV with a header (RFC 4180; comma, semicolon, tab or bar). A row with too few or too many
/// columns is a bad row; a quote that is never closed swallows the rest of the file, which is refused therefore.
/// </summary>
internal static class IncomingCsv
{
    private const string Quotes = "Is a quote missing? Correct the file and upload it again.";

    /// <exception cref="InputRejectedException">There is no text column, the quotes do not match, or it is not UTF-8.</exception>
    public static IEnumerable<IncomingRow> Read(Stream csv, ArchiveFile file, ScoringLimits limits)
    {
        var options = new CsvDataReaderOptions
        {
            BufferSize = Math.Min(64 * 1024, limits.MostLineBytes),
            MaxBufferSize = limits.MostLineBytes,
            // By default a row that begins with # is silently left out.
            Comment = '\0',
        };
        using var text = new StreamReader(csv, StrictText.Utf8, detectEncodingFromByteOrderMarks: false, bufferSize: 64 * 1024, leaveOpen: true);
        using var reader = Guarded(() =>
        {
            if (text.Peek() == '\uFEFF')
                text.Read();
            return CsvDataReader.Create(text, options);
        });
        var header = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
        var columns = TableColumns.Find(header);
        var (textColumn, idColumn) = (columns[(int)TableColumn.Text], columns[(int)TableColumn.Id]);
        if (textColumn < 0)
            throw file.Reject(
                "incoming-columns", $"a column named {string.Join(", ", TableColumns.TextNames)} in the first row",
                $"the columns {ArchiveFile.Show(string.Join(", ", header))}", "Name the columns in the first row.");

        var number = 0;
        while (Guarded(reader.Read))
        {
            // A blank line between two rows is no row.
            if (header.Length > 1 && reader.RowFieldCount == 1 && reader.GetString(0).Length == 0)
                continue;
            number++;
            yield return reader.RowFieldCount == header.Length
                ? IncomingRow.Of(number, idColumn < 0 ? null : reader.GetString(idColumn), reader.GetString(textColumn), limits)
                : IncomingRow.Bad($"{number}", $"expected {header.Length} columns, found {reader.RowFieldCount}");
        }

        T Guarded<T>(Func<T> read)
        {
            try
            {
                return read();
            }
            catch (CsvRecordTooLargeException e)
            {
                throw file.Reject("incoming-row-size", $"rows of at most {limits.MostLineBytes} characters", e.Message, Quotes, inner: e);
            }
            catch (CsvMissingHeadersException e)
            {
                throw file.Reject("incoming-columns", "a first row with the columns' names", "no row", "Name the columns in the first row.", inner: e);
            }
            catch (CsvFormatException e)
            {
                throw file.Reject("incoming-quotes", "a CSV whose quotes are closed, and doubled inside", $"{e.Message} (row {e.RowNumber})", Quotes, inner: e);
            }
            catch (DecoderFallbackException e)
            {
                throw StrictText.NotUtf8(file, "its rows", e);
            }
        }
    }
}
