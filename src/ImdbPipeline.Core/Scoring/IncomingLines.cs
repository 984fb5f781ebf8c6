using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using ImdbPipeline.Core.Archives;

namespace ImdbPipeline.Core.Scoring;

/// <summary>The lines of a UTF-8 text, in memory bounded by the longest line allowed.</summary>
internal static class IncomingLines
{
    /// <returns>The lines without their ends; null for a line longer than <paramref name="mostBytes"/>.</returns>
    /// <exception cref="InputRejectedException">The text is not UTF-8.</exception>
    public static async IAsyncEnumerable<string?> ReadAsync(
        Stream stream, string file, int mostBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        var number = 0;
        var skipping = false;
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                number++;
                yield return skipping ? null : Decode(buffer.Slice(0, end), file, number, mostBytes);
                skipping = false;
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }
            if (read.IsCompleted)
            {
                if (skipping)
                    yield return null;
                else if (!buffer.IsEmpty)
                    yield return Decode(buffer, file, number + 1, mostBytes);
                await pipe.CompleteAsync();
                yield break;
            }
            if (skipping || buffer.Length > mostBytes)
            {
                // Only the fact that it was too long is kept of such a line.
                skipping = true;
                buffer = buffer.Slice(buffer.End);
            }
            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static string? Decode(ReadOnlySequence<byte> line, string file, int number, int mostBytes)
    {
        if (line.Length > mostBytes)
            return null;
        try
        {
            var text = StrictText.Utf8.GetString(line);
            if (number == 1)
                text = text.TrimStart('\uFEFF');
            return text.EndsWith('\r') ? text[..^1] : text;
        }
        catch (DecoderFallbackException e)
        {
            throw new InputRejectedException(
                "incoming-utf8", $"incoming/{ArchiveFile.Show(file)}", "UTF-8 text", $"other bytes in line {number}", "Save the file as UTF-8 and upload it again.", e);
        }
    }
}
