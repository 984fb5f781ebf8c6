namespace ImdbPipeline.Core.Archives;

/// <summary>Lines of bytes, without their ends; a line over the limit is refused before it is held in memory.</summary>
internal sealed class LineReader(Stream stream, int maxLength, ArchiveFile archive, string member)
{
    private byte[] buffer = new byte[64 << 10];
    private int start, end;

    /// <summary>The number of the line read last, from 1.</summary>
    public int Number { get; private set; }

    /// <returns>False at the end. <paramref name="line"/> is valid until the next call.</returns>
    public bool Read(out ReadOnlyMemory<byte> line)
    {
        for (var searched = start; ;)
        {
            var feed = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (feed >= 0)
                return Take(searched + feed - start, 1, out line);
            searched = end;
            if (end - start > maxLength)
                throw archive.Reject("row-too-long", $"lines of at most {maxLength} bytes", $"a longer line {Number + 1}", "Are the line ends missing?", member);
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
            throw archive.Reject("row-too-long", $"lines of at most {maxLength} bytes", $"{line.Length} in line {Number}", "Are the line ends missing?", member);
        return true;
    }
}
