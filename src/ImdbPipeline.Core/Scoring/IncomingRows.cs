using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Scoring;

/// <summary>Reads the rows of an incoming file in order and in bounded memory. Bad rows are returned with their error.</summary>
public static class IncomingRows
{
    /// <param name="stream">The blob; its length is the compressed size used to detect decompression bombs.</param>
    /// <param name="subject">What error messages call the file.</param>
    /// <param name="columns">The columns that the user chose.</param>
    /// <param name="taken">Called with the columns of the header, or of the first row that could be read: their names by their use.</param>
    /// <exception cref="InputRejectedException">The file as a whole is invalid.</exception>
    public static IEnumerable<IncomingRow> Read(
        Stream stream, string subject, IncomingFormat format, ScoringLimits limits, ColumnChoice columns, Action<IReadOnlyDictionary<string, string>>? taken = null) =>
        ReadRows(stream, subject, format, limits, columns, keepCells: false, taken).Select(read => read.Row);

    /// <summary>As <see cref="Read"/>, with the values of all columns.</summary>
    /// <inheritdoc cref="Read"/>
    public static IEnumerable<OriginalRow> ReadOriginal(
        Stream stream, string subject, IncomingFormat format, ScoringLimits limits, ColumnChoice columns, Action<IReadOnlyDictionary<string, string>>? taken = null)
    {
        foreach (var (row, source) in ReadRows(stream, subject, format, limits, columns, keepCells: true, taken))
            yield return new OriginalRow(row, source.Columns.Header, source.Cells);
    }

    private static IEnumerable<(IncomingRow Row, TableRow Source)> ReadRows(
        Stream stream, string subject, IncomingFormat format, ScoringLimits limits, ColumnChoice columns, bool keepCells, Action<IReadOnlyDictionary<string, string>>? taken)
    {
        var source = new ArchiveFile("", subject, ArchiveKind.Table) { Subject = UntrustedText.Escape(subject) };
        var content = new PeekableStream(format.Gzip
            ? new MeteredStream(new GzipReader(stream, source), new MemberChecks(source, ArchiveLimits.Default, stream.Length), null)
            : stream);
        if (format.Table.IsText && StrictEncoding.LooksBinary(content.Head))
            throw source.Reject(ErrorRules.ExtensionMismatch, "text, as the extension says", "binary data", "Correct the file extension, or remove NUL characters.");
        var (isTaken, hasIds, isEmpty) = (false, false, true);
        RowError? withoutIds = null;
        foreach (var row in format.Table.Read(content, new TableOptions(limits.MaxLineBytes, columns, keepCells)))
        {
            var error = row.Error ?? row.Columns.Missing(TableColumn.Text) ?? row.Columns.Repeated;
            if (error is not null && (error.IncomingRule ?? (row.Number == 0 ? ErrorRules.IncomingColumns : null)) is { } rule)
                throw source.Reject(rule, error);
            if (row.Number == 0 && row.Columns.Unknown is { } unknown)
                throw source.Reject(ErrorRules.IncomingColumns, unknown);
            hasIds |= row.Columns[TableColumn.Id] >= 0;
            withoutIds ??= row.Columns.Missing(TableColumn.Id);
            if (!isTaken && error is null && row.Columns != TableColumns.TextOnly)
            {
                isTaken = true;
                taken?.Invoke(row.Columns.Taken().Where(used => used.Column is TableColumn.Text or TableColumn.Id).ToDictionary(used => TableColumns.Name(used.Column), used => UntrustedText.Escape(used.Name)));
            }
            if (row.Number == 0)
                continue;
            isEmpty = false;
            yield return (Check(row, error, limits), row);
        }
        if (isEmpty)
            throw source.Reject(ErrorRules.IncomingEmpty, "at least one text", "none", "Use a file that contains texts.");
        if (columns.Id is not null && !hasIds && withoutIds is not null)
            throw source.Reject(ErrorRules.IncomingColumns, withoutIds);
    }

    private static IncomingRow Check(TableRow row, RowError? error, ScoringLimits limits)
    {
        var id = row[TableColumn.Id] is { Length: > 0 } given ? given : null;
        return limits.Check(row.Number, id, row[TableColumn.Text], error is null ? null : (error.Expected, error.Found));
    }
}
