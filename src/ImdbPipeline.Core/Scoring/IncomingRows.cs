using System.Runtime.CompilerServices;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Scoring;

/// <summary>Reads the rows of an incoming file in order and in bounded memory. Bad rows are returned with their error.</summary>
public static class IncomingRows
{
    /// <param name="stream">The blob; its length is the compressed size used to detect decompression bombs.</param>
    /// <exception cref="InputRejectedException">The file as a whole is invalid.</exception>
    public static IAsyncEnumerable<IncomingRow> ReadAsync(
        Stream stream, string file, IncomingFormat format, ScoringLimits limits, CancellationToken cancellationToken)
    {
        var source = new ArchiveFile("", $"{StorageLayout.Incoming}/{file}", format.Table == IncomingTable.Csv ? ArchiveKind.Csv : ArchiveKind.Jsonl)
        {
            Subject = $"{StorageLayout.Incoming}/{UntrustedText.Escape(file)}",
        };
        var content = new PeekableStream(format.Gzip
            ? new MeteredStream(new GzipReader(stream, source), new MemberChecks(source, ArchiveLimits.Default, stream.Length), null)
            : stream);
        // Most UTF-16 text is also valid UTF-8 and would be scored with a NUL between the letters.
        if (StrictUtf8.LooksLikeUtf16(content.Head))
            throw StrictUtf8.Utf16(source, "rows");
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
        await foreach (var line in IncomingLines.ReadAsync(stream, file, limits.MaxLineBytes, cancellationToken))
        {
            // Blank lines between records do not count.
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
        await foreach (var line in IncomingLines.ReadAsync(stream, file, limits.MaxLineBytes, cancellationToken))
        {
            number++;
            yield return line is null ? TooLong(number, limits) : IncomingRow.Of(number, null, line, limits);
        }
    }

    private static IncomingRow TooLong(int number, ScoringLimits limits) =>
        IncomingRow.Bad($"{number}", $"expected a line of at most {limits.MaxLineBytes} bytes, found a longer one");
}
