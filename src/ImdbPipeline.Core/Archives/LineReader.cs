using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Reads lines of bytes without their line breaks; a line over the limit is rejected before it is buffered whole.</summary>
internal sealed class LineReader(Stream stream, int maxLength, ArchiveFile archive, string member)
{
    private byte[] buffer = new byte[64 << 10];
    private int start, end;

    /// <summary>One-based number of the last line read.</summary>
    public int Number { get; private set; }

    /// <returns>False at the end; <paramref name="line"/> is valid until the next call.</returns>
    public bool Read(out ReadOnlyMemory<byte> line)
    {
        for (var searched = start; ;)
        {
            var feed = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (feed >= 0)
                return Take(searched + feed - start, 1, out line);
            searched = end;
            if (end - start > maxLength)
                throw archive.Reject(ErrorRules.RowTooLong, $"lines of at most {maxLength} bytes", $"more in line {Number + 1}", "Check for missing line breaks.", member);
            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end, searched) = (0, end - start, searched - start);
            }
            if (end == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            var read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
                return Take(end - start, 0, out line);
            end += read;
        }
    }

    private bool Take(int length, int feed, out ReadOnlyMemory<byte> line)
    {
        var last = feed == 0;
        if (last && length == 0)
        {
            line = default;
            return false;
        }
        Number++;
        line = buffer.AsMemory(start, length);
        if (line.Length > 0 && line.Span[^1] == '\r')
            line = line[..^1];
        start += length + feed;
        if (line.Length > maxLength)
            throw archive.Reject(ErrorRules.RowTooLong, $"lines of at most {maxLength} bytes", $"{line.Length} in line {Number}", "Check for missing line breaks.", member);
        return true;
    }
}
