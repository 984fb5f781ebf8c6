using System.Buffers.Binary;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Reads a zip's central directory (PKWARE APPNOTE 6.3, including zip64) from a seekable file.</summary>
internal sealed class ZipDirectory(Stream zip, ArchiveFile archive, ArchiveLimits limits)
{
    private const uint EndSignature = 0x06054b50, Zip64EndSignature = 0x06064b50, Zip64LocatorSignature = 0x07064b50, EntrySignature = 0x02014b50;
    private const int EndSize = 22, Zip64EndSize = 56, Zip64LocatorSize = 20, EntrySize = 46, MaxComment = ushort.MaxValue;
    private const int UnixMadeBy = 3, FileTypeMask = 0xF000, RegularFile = 0x8000, Folder = 0x4000, SymbolicLink = 0xA000;

    /// <summary>Where the directory starts; no member's data may extend beyond it.</summary>
    public long Start { get; private set; }

    public IEnumerable<ZipEntryRecord> Read()
    {
        var (count, size, end) = FindDirectory();
        if (count > limits.MaxMembers)
            throw archive.Reject(ErrorRules.TooManyMembers, $"at most {limits.MaxMembers} members", $"{count}", "Split the archive, or upload a table.");
        if (Start < 0 || size < 0 || Start > end || Start + size != end)
            throw Corrupt("the central directory right before its end record", $"{size} bytes at {Start}, the end record at {end}");

        zip.Position = Start;
        using var directory = new BufferedStream(new NonClosing(zip), 64 << 10);
        var read = 0L;
        for (long i = 0; i < count; i++)
        {
            var (entry, length) = ReadEntry(directory);
            read += length;
            yield return entry;
        }
        if (read != size)
            throw Corrupt($"a central directory of {size} bytes", $"{read}");
    }

    private (long Count, long Size, long End) FindDirectory()
    {
        if (zip.Length < EndSize)
            throw Truncated();
        var tail = new byte[Math.Min(zip.Length, EndSize + MaxComment)];
        zip.Position = zip.Length - tail.Length;
        zip.ReadExactly(tail);
        for (var at = tail.Length - EndSize; at >= 0; at--)
        {
            var end = tail.AsSpan(at);
            // The comment must end with the file; otherwise the signature belongs to other data.
            if (U32(end, 0) != EndSignature || EndSize + U16(end, 20) != end.Length)
                continue;
            if (U16(end, 4) is not (0 or ushort.MaxValue))
                throw Corrupt("a single-part zip", "one part of several");
            Start = U32(end, 16);
            var found = (Count: (long)U16(end, 10), Size: (long)U32(end, 12), End: zip.Length - tail.Length + at);
            return found.Count == ushort.MaxValue || found.Size == uint.MaxValue || Start == uint.MaxValue ? FindZip64(found.End) ?? found : found;
        }
        throw Truncated();
    }

    private (long Count, long Size, long End)? FindZip64(long endRecord)
    {
        if (endRecord < Zip64LocatorSize + Zip64EndSize)
            return null;
        Span<byte> locator = stackalloc byte[Zip64LocatorSize];
        zip.Position = endRecord - Zip64LocatorSize;
        zip.ReadExactly(locator);
        if (U32(locator, 0) != Zip64LocatorSignature)
            return null;
        var at = I64(locator, 8);
        Span<byte> end = stackalloc byte[Zip64EndSize];
        if (at < 0 || at > endRecord - Zip64LocatorSize - Zip64EndSize)
            throw Corrupt("the zip64 end record inside the file", $"offset {at}");
        zip.Position = at;
        zip.ReadExactly(end);
        if (U32(end, 0) != Zip64EndSignature)
            throw Corrupt("a zip64 end record", "other data");
        Start = I64(end, 48);
        return (I64(end, 32), I64(end, 40), at);
    }

    private (ZipEntryRecord Entry, int Length) ReadEntry(Stream directory)
    {
        Span<byte> head = stackalloc byte[EntrySize];
        Fill(directory, head);
        if (U32(head, 0) != EntrySignature)
            throw Corrupt("a central directory entry", "other data");
        int nameLength = U16(head, 28), extraLength = U16(head, 30), commentLength = U16(head, 32);
        var tail = new byte[nameLength + extraLength + commentLength];
        Fill(directory, tail);
        var name = StrictUtf8.Decode(tail.AsSpan(0, nameLength), archive, "a member name");

        var kind = (int)(U32(head, 38) >> 16) & FileTypeMask;
        if (head[5] == UnixMadeBy && kind is not (0 or RegularFile or Folder))
            throw archive.Reject(
                ErrorRules.MemberNotRegular, "files and folders only", kind == SymbolicLink ? "a symbolic link" : "a device or FIFO",
                "Pack regular files only, without links and devices.", MemberChecks.Member(name));

        long size = U32(head, 24), packed = U32(head, 20), offset = U32(head, 42);
        ReadZip64(tail.AsSpan(nameLength, extraLength), ref size, ref packed, ref offset);
        if (size < 0 || packed < 0 || offset < 0)
            throw Corrupt("non-negative sizes and offsets", "a negative one");
        return (new ZipEntryRecord(name, U16(head, 8), U16(head, 10), U32(head, 16), packed, size, offset), EntrySize + tail.Length);
    }

    private void ReadZip64(ReadOnlySpan<byte> extra, ref long size, ref long packed, ref long offset)
    {
        while (extra.Length >= 4)
        {
            int id = U16(extra, 0), length = U16(extra, 2);
            if (length > extra.Length - 4)
                throw Corrupt("extra fields that fit their entry", "a longer one");
            if (id == 1)
            {
                var field = extra.Slice(4, length);
                Take(ref size, ref field);
                Take(ref packed, ref field);
                Take(ref offset, ref field);
            }
            extra = extra[(4 + length)..];
        }

        void Take(ref long value, ref ReadOnlySpan<byte> field)
        {
            if (value != uint.MaxValue)
                return;
            if (field.Length < 8)
                throw Corrupt("a complete zip64 field", "a shorter one");
            value = I64(field, 0);
            field = field[8..];
        }
    }

    private void Fill(Stream directory, Span<byte> buffer)
    {
        if (directory.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) != buffer.Length)
            throw Truncated();
    }

    private InputRejectedException Truncated() => archive.Reject(
        ErrorRules.ZipTruncated, "a zip with its central directory at the end", "none", "Transfer the archive again; it was truncated or has extra bytes at its end.");

    private InputRejectedException Corrupt(string expected, string found) =>
        archive.Reject(ErrorRules.ZipCorrupt, expected, found, "Repack or transfer the archive again.");

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    private sealed class NonClosing(Stream inner) : ForwardStream
    {
        public override int Read(Span<byte> buffer) => inner.Read(buffer);
    }
}
