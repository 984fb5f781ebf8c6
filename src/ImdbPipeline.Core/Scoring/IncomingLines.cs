using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Scoring;

/// <summary>Reads the lines of a UTF-8 file; memory is bounded by the maximum line length.</summary>
internal static class IncomingLines
{
    /// <returns>Lines without line endings; null for a line longer than <paramref name="maxBytes"/>.</returns>
    /// <exception cref="InputRejectedException">The file is not UTF-8.</exception>
    public static async IAsyncEnumerable<string?> ReadAsync(
        Stream stream, string file, int maxBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
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
                yield return skipping ? null : Decode(buffer.Slice(0, end), file, number, maxBytes);
                skipping = false;
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }
            if (read.IsCompleted)
            {
                if (skipping)
                    yield return null;
                else if (!buffer.IsEmpty)
                    yield return Decode(buffer, file, number + 1, maxBytes);
                await pipe.CompleteAsync();
                yield break;
            }
            if (skipping || buffer.Length > maxBytes)
            {
                // Discard the rest of the line; only the fact that it is too long is kept.
                skipping = true;
                buffer = buffer.Slice(buffer.End);
            }
            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static string? Decode(ReadOnlySequence<byte> line, string file, int number, int maxBytes)
    {
        if (line.Length > maxBytes)
            return null;
        try
        {
            var text = StrictEncoding.Utf8.GetString(line);
            if (number == 1)
                text = text.TrimStart('\uFEFF');
            return text.EndsWith('\r') ? text[..^1] : text;
        }
        catch (DecoderFallbackException e)
        {
            throw new InputRejectedException(
                ErrorRules.IncomingUtf8, $"incoming/{UntrustedText.Escape(file)}", "UTF-8 text", $"invalid bytes in line {number}", "Save the file as UTF-8 and upload it again.", e);
        }
    }
}
