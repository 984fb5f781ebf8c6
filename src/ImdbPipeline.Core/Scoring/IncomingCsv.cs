using System.Text;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Foundation;
using Sylvan.Data.Csv;

namespace ImdbPipeline.Core.Scoring;

/// <summary>
/// Reads the rows of an incoming CSV file with a header (RFC 4180; comma, semicolon, tab or pipe). A row with too few or too
/// many columns is a bad row; an unclosed quote swallows the rest of the file, so the whole file is rejected.
/// </summary>
internal static class IncomingCsv
{
    private const string QuoteRemedy = "Is a quote missing? Correct the file and upload it again.";

    /// <exception cref="InputRejectedException">There is no text column, a quote is not closed, or the file is not UTF-8.</exception>
    public static IEnumerable<IncomingRow> Read(Stream csv, ArchiveFile file, ScoringLimits limits)
    {
        var options = new CsvDataReaderOptions
        {
            BufferSize = Math.Min(64 * 1024, limits.MaxLineBytes),
            MaxBufferSize = limits.MaxLineBytes,
            // By default, rows starting with # are silently skipped.
            Comment = '\0',
        };
        using var text = new StreamReader(csv, StrictEncoding.Utf8, detectEncodingFromByteOrderMarks: false, bufferSize: 64 * 1024, leaveOpen: true);
        using var reader = Checked(() =>
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
                ErrorRules.IncomingColumns, $"a column named {string.Join(", ", TableColumns.TextNames)} in the first row",
                $"the columns {UntrustedText.Escape(string.Join(", ", header))}", "Add a header row with the column names.");

        var number = 0;
        while (Checked(reader.Read))
        {
            // Blank lines between rows do not count.
            if (header.Length > 1 && reader.RowFieldCount == 1 && reader.GetString(0).Length == 0)
                continue;
            number++;
            yield return reader.RowFieldCount == header.Length
                ? IncomingRow.Of(number, idColumn < 0 ? null : reader.GetString(idColumn), reader.GetString(textColumn), limits)
                : IncomingRow.Bad($"{number}", $"expected {header.Length} columns, found {reader.RowFieldCount}");
        }

        T Checked<T>(Func<T> read)
        {
            try
            {
                return read();
            }
            catch (CsvRecordTooLargeException e)
            {
                throw file.Reject(ErrorRules.IncomingRowSize, $"rows of at most {limits.MaxLineBytes} characters", e.Message, QuoteRemedy, inner: e);
            }
            catch (CsvMissingHeadersException e)
            {
                throw file.Reject(ErrorRules.IncomingColumns, "a header row with the column names", "no rows", "Add a header row with the column names.", inner: e);
            }
            catch (CsvFormatException e)
            {
                throw file.Reject(ErrorRules.IncomingQuotes, "closed quotes, with quotes inside a field doubled", $"{e.Message} (row {e.RowNumber})", QuoteRemedy, inner: e);
            }
            catch (DecoderFallbackException e)
            {
                throw StrictUtf8.NotUtf8(file, "rows", e);
            }
        }
    }
}
