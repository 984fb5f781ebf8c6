using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Scoring;

/// <summary>Reads the rows of an incoming file in order and in bounded memory. Bad rows are returned with their error.</summary>
public static class IncomingRows
{
    /// <param name="stream">The blob; its length is the compressed size used to detect decompression bombs.</param>
    /// <exception cref="InputRejectedException">The file as a whole is invalid.</exception>
    public static IEnumerable<IncomingRow> Read(Stream stream, string file, IncomingFormat format, ScoringLimits limits)
    {
        var source = new ArchiveFile("", file, ArchiveKind.Table) { Subject = $"{StorageLayout.Incoming}/{UntrustedText.Escape(file)}" };
        var content = new PeekableStream(format.Gzip
            ? new MeteredStream(new GzipReader(stream, source), new MemberChecks(source, ArchiveLimits.Default, stream.Length), null)
            : stream);
        foreach (var row in format.Table.Read(content, limits.MaxLineBytes))
        {
            var error = row.Error ?? row.Columns.Missing(TableColumn.Text);
            if (error is not null && (error.IncomingRule ?? (row.Number == 0 ? ErrorRules.IncomingColumns : null)) is { } rule)
                throw source.Reject(rule, error);
            if (row.Number > 0)
                yield return Check(row, error, limits);
        }
    }

    private static IncomingRow Check(TableRow row, RowError? error, ScoringLimits limits)
    {
        var id = row[TableColumn.Id] is { Length: > 0 } given ? given : $"{row.Number}";
        if (id.Length > limits.MaxIdCharacters)
            return new IncomingRow($"{row.Number}", null, $"expected an id of at most {limits.MaxIdCharacters} characters, found {id.Length}");
        if (error is not null)
            return new IncomingRow(id, null, $"expected {error.Expected}, found {error.Found}");
        var text = row[TableColumn.Text];
        if (string.IsNullOrWhiteSpace(text))
            return new IncomingRow(id, null, "expected a text, found an empty one");
        return text.Length > limits.MaxTextCharacters
            ? new IncomingRow(id, null, $"expected a text of at most {limits.MaxTextCharacters} characters, found {text.Length}")
            : new IncomingRow(id, text, null);
    }
}
