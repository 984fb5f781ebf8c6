using System.Text.Unicode;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tables;

/// <summary>Reads lines of bytes without their line breaks; a line over the limit is skipped instead of being buffered whole.</summary>
/// <param name="stream">The content.</param>
/// <param name="maxLength">Maximum length of a line, in bytes.</param>
/// <param name="breaksAtReturns">Whether a carriage return without a line feed ends a line too.</param>
internal sealed class LineReader(Stream stream, int maxLength, bool breaksAtReturns = false)
{
    private byte[] buffer = new byte[64 << 10];
    private int start, end;
    private bool skipping;

    // The last line ended with a carriage return, whose line feed may still follow.
    private bool afterReturn;

    /// <summary>One-based number of the last line read.</summary>
    public int Number { get; private set; }

    /// <summary>The last line read, valid until the next call; empty if it is too long.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    public RowError? TooLong { get; private set; }

    /// <returns>False at the end.</returns>
    public bool Read()
    {
        for (var searched = start; ;)
        {
            if (afterReturn && start < end)
            {
                start += buffer[start] == '\n' ? 1 : 0;
                (afterReturn, searched) = (false, start);
            }
            var rest = buffer.AsSpan(searched, end - searched);
            var feed = breaksAtReturns ? rest.IndexOfAny((byte)'\n', (byte)'\r') : rest.IndexOf((byte)'\n');
            if (feed >= 0)
                afterReturn = rest[feed] == '\r';
            if (feed >= 0 && !skipping)
                return Take(searched + feed, searched + feed + 1);
            if (skipping)
            {
                (skipping, start) = (feed < 0, feed < 0 ? end : searched + feed + 1);
                searched = start;
                if (!skipping)
                    continue;
            }
            // The limit excludes a carriage return.
            else if (end - start > maxLength + 1)
            {
                skipping = true;
                return Take(end, end);
            }
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end, searched) = (0, end - start, end - start);
            if (end == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            var read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
                return end > 0 && Take(end, end);
            end += read;
        }
    }

    /// <summary>Whether the last line read is too long or not UTF-8.</summary>
    /// <param name="notUtf8">The rule that a dataset breaks if it is not UTF-8.</param>
    public RowError? Check(ErrorRule notUtf8) => TooLong
        ?? (Utf8.IsValid(Line.Span) ? null : new RowError(notUtf8, ErrorRules.IncomingUtf8, "UTF-8 text", "invalid bytes", "Save the text as UTF-8.", $"line {Number}"));

    private bool Take(int stop, int next)
    {
        Number++;
        var line = buffer.AsMemory(start, stop - start);
        if (!breaksAtReturns && line.Length > 0 && line.Span[^1] == '\r')
            line = line[..^1];
        start = next;
        TooLong = line.Length <= maxLength ? null : new RowError(
            ErrorRules.RowTooLong, null, $"a line of at most {maxLength} bytes", "a longer one", "Check for missing line breaks.", $"line {Number}");
        Line = TooLong is null ? line : default;
        return true;
    }
}
