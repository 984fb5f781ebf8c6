using System.Globalization;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Reads the regular files of a tar, in order.</summary>
/// <remarks>Anything other than files and folders, such as links and devices, is rejected, and so is a tar without its closing zero blocks.</remarks>
internal sealed class TarMembers(Stream tar, MemberChecks gate, ArchiveLimits limits)
{
    // Extended headers hold little more than names, and they are buffered in memory.
    private const int MaxExtendedHeader = 256 << 10;

    private readonly byte[] block = new byte[TarHeader.BlockSize];

    public IEnumerable<ArchiveMember> Read()
    {
        string? longName = null;
        long? longSize = null;
        while (NextHeader() is { } entry)
        {
            switch (entry.Type)
            {
                case 'x':
                    (longName, longSize) = ReadPax(entry.Size, longName, longSize);
                    continue;
                case 'g':
                    ReadPax(entry.Size, null, null);
                    continue;
                case 'L':
                    longName = Text(ReadExtended(entry.Size).AsSpan().TrimEnd((byte)0));
                    continue;
                case 'K':
                    ReadExtended(entry.Size);
                    continue;
            }

            var (name, size) = (longName ?? entry.Name, longSize ?? entry.Size);
            (longName, longSize) = (null, null);
            if (entry.Type is not ('0' or '\0' or '7' or '5'))
                throw gate.NotRegular(name, TarHeader.Describe(entry.Type));
            var plain = gate.CheckName(name);
            // Before 1988, only a trailing slash marked a folder.
            if (entry.Type == '5' || name.EndsWith('/'))
            {
                Skip(Padded(size));
                continue;
            }
            if (size > limits.MaxMemberBytes)
                throw gate.Archive.Reject(ErrorRules.MemberTooBig, $"members of at most {limits.MaxMemberBytes} bytes", $"{size}", "Split the member.", MemberChecks.Member(plain));
            var content = new Content(this, size);
            yield return new ArchiveMember(plain, content);
            Skip(content.Left + Padded(size) - size);
        }
        if (longName is not null || longSize is not null)
            throw Truncated();
        RequireZeros();
    }

    private (char Type, string Name, long Size)? NextHeader()
    {
        if (!Fill(block))
            throw Truncated();
        if (block.AsSpan().IndexOfAnyExcept((byte)0) < 0)
            return null;
        var header = new TarHeader(block);
        if (!header.IsChecksumValid || header.Size is not { } size)
            throw Corrupt("a tar header with a valid checksum", "other data");
        var prefix = Text(header.Prefix);
        return (header.Type, prefix.Length == 0 ? Text(header.Name) : $"{prefix}/{Text(header.Name)}", size);
    }

    private (string? Name, long? Size) ReadPax(long size, string? name, long? memberSize)
    {
        // Records have the form "<length> <key>=<value>\n"; the length includes itself.
        for (var rest = ReadExtended(size).AsSpan(); !rest.IsEmpty;)
        {
            var blank = rest.IndexOf((byte)' ');
            if (blank <= 0 || !int.TryParse(rest[..blank], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= blank + 1 || length > rest.Length || rest[length - 1] != '\n')
                throw Corrupt("pax records", "other data");
            var record = rest[(blank + 1)..(length - 1)];
            rest = rest[length..];
            var equals = record.IndexOf((byte)'=');
            var key = equals < 0 ? default : record[..equals];
            if (key.SequenceEqual("path"u8))
                name = Text(record[(equals + 1)..]);
            else if (key.SequenceEqual("size"u8))
                memberSize = long.TryParse(record[(equals + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                    ? value
                    : throw Corrupt("a number as pax size", "other text");
            else if (key.StartsWith("GNU.sparse"u8))
                throw gate.NotRegular(name ?? "?", TarHeader.Describe('S'));
        }
        return (name, memberSize);
    }

    private byte[] ReadExtended(long size)
    {
        if (size > MaxExtendedHeader)
            throw Corrupt($"extended headers of at most {MaxExtendedHeader} bytes", $"{size}");
        var bytes = new byte[Padded(size)];
        if (!Fill(bytes))
            throw Truncated();
        return bytes[..(int)size];
    }

    private string Text(ReadOnlySpan<byte> name) => StrictUtf8.Decode(name, gate.Archive, "a member name");

    private static long Padded(long size) => (size + TarHeader.BlockSize - 1) / TarHeader.BlockSize * TarHeader.BlockSize;

    private void Skip(long count)
    {
        Span<byte> ignored = stackalloc byte[4096];
        while (count > 0)
            count -= Read(ignored[..(int)Math.Min(ignored.Length, count)]);
    }

    private int Read(Span<byte> buffer) => tar.Read(buffer) is > 0 and var read ? read : throw Truncated();

    private bool Fill(byte[] buffer) => tar.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) == buffer.Length;

    private void RequireZeros()
    {
        var rest = new byte[64 << 10];
        for (int read; (read = tar.Read(rest)) > 0;)
            if (rest.AsSpan(0, read).IndexOfAnyExcept((byte)0) >= 0)
                throw gate.Archive.Reject(ErrorRules.TarTrailingGarbage, "only zeros after the end of the tar", "other data", "Repack the archive.");
    }

    private InputRejectedException Corrupt(string expected, string found) =>
        gate.Archive.Reject(ErrorRules.TarCorrupt, expected, found, "Repack or transfer the archive again.");

    private InputRejectedException Truncated() =>
        gate.Archive.Reject(ErrorRules.TarTruncated, "a tar that ends with zero blocks", "unexpected end of file", "Repack or transfer the archive again; it was truncated.");

    private sealed class Content(TarMembers members, long size) : ForwardStream
    {
        public long Left { get; private set; } = size;

        public override int Read(Span<byte> buffer)
        {
            if (Left == 0 || buffer.IsEmpty)
                return 0;
            var read = members.Read(buffer[..(int)Math.Min(buffer.Length, Left)]);
            Left -= read;
            return read;
        }
    }
}
