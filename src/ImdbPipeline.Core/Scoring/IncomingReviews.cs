using System.Runtime.CompilerServices;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Scoring;

/// <summary>The rows of an incoming file in order, in bounded memory. A bad row is a row that says so.</summary>
public static class IncomingReviews
{
    /// <param name="stream">The blob; its length is the packed size that a decompression bomb is told by.</param>
    /// <exception cref="InputRejectedException">The file as a whole cannot be read.</exception>
    public static IAsyncEnumerable<IncomingRow> ReadAsync(
        Stream stream, string file, IncomingFormat format, ScoringLimits limits, CancellationToken cancellationToken)
    {
        var source = new ArchiveFile("", $"{StorageLayout.Incoming}/{file}", format.Table == IncomingTable.Csv ? ArchiveKind.Csv : ArchiveKind.Jsonl)
        {
            Subject = $"{StorageLayout.Incoming}/{ArchiveFile.Show(file)}",
        };
        var content = new PeekedStream(format.Gzip
            ? new MeteredStream(new GzipReader(stream, source), new MemberGate(source, ArchiveLimits.Default, stream.Length), null)
            : stream);
        // Much of UTF-16 is valid UTF-8: it would be scored letter by letter, with zeros in between.
        if (StrictText.LooksLikeUtf16(content.Head))
            throw StrictText.Utf16(source, "its rows");
        return format.Table switch
        {
            IncomingTable.Csv => IncomingCsv.Read(content, source, limits).ToAsyncEnumerable(),
            IncomingTable.Jsonl => ReadJsonlAsync(content, file, limits, cancellationToken),
            _ => ReadLinesAsync(content, file, limits, cancellationToken),
        };
    }

    private static async IAsyncEnumerable<IncomingRow> ReadJsonlAsync(
        Stream stream, string file, ScoringLimits limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = 0;
        await foreach (var line in IncomingLines.ReadAsync(stream, file, limits.MostLineBytes, cancellationToken))
        {
            // A blank line between two records is no record.
            if (line is not null && string.IsNullOrWhiteSpace(line))
                continue;
            number++;
            yield return line is null ? TooLong(number, limits) : IncomingJson.Read(number, line, limits);
        }
    }

    private static async IAsyncEnumerable<IncomingRow> ReadLinesAsync(
        Stream stream, string file, ScoringLimits limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = 0;
        await foreach (var line in IncomingLines.ReadAsync(stream, file, limits.MostLineBytes, cancellationToken))
        {
            number++;
            yield return line is null ? TooLong(number, limits) : IncomingRow.Of(number, null, line, limits);
        }
    }

    private static IncomingRow TooLong(int number, ScoringLimits limits) =>
        IncomingRow.Bad($"{number}", $"expected a line of at most {limits.MostLineBytes} bytes, found a longer one");
}
