using System.Buffers.Binary;

namespace ImdbPipeline.Core.Archives;

/// <summary>
/// The files of a zip in the order of their data. Every claim is checked: local against central headers, sizes and checksums
/// against the bytes, no two members over the same bytes. The framework's own reader checks none of these.
/// </summary>
internal sealed class ZipMembers(Stream zip, MemberGate gate, ArchiveLimits limits)
{
    private const uint LocalSignature = 0x04034b50;
    private const int LocalSize = 30;

    public IEnumerable<ArchiveMember> Read()
    {
        var directory = new ZipDirectory(zip, gate.Archive, limits);
        var entries = new List<ZipEntryRecord>();
        foreach (var entry in directory.Read())
        {
            if (entry.IsEncrypted)
                throw Reject("zip-encrypted", entry, "members without encryption", "an encrypted one", "Pack the archive without a password.");
            if (entry.Method is not (ZipEntryRecord.Stored or ZipEntryRecord.Deflated))
                throw Reject("zip-method", entry, "stored or deflated members", $"compression method {entry.Method}", "Pack with the ordinary deflate method.");
            entries.Add(entry with { Name = gate.Admit(entry.Name) + (entry.Name.EndsWith('/') ? "/" : "") });
        }
        entries.Sort((one, other) => one.Offset.CompareTo(other.Offset));

        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var start = FindData(entry);
            if (entry.PackedSize > (i + 1 < entries.Count ? entries[i + 1].Offset : directory.Start) - start)
                throw Reject("zip-overlap", entry, "members over bytes of their own", $"{entry.PackedSize} bytes at {start} that reach into the next member", "Pack the archive again.");
            if (entry.Name.EndsWith('/'))
            {
                if (entry.Size != 0)
                    throw Reject("zip-size", entry, "a folder without content", $"{entry.Size} bytes", "Pack the archive again.");
                continue;
            }
            zip.Position = start;
            using var content = new ZipMemberStream(zip, entry, gate);
            yield return new ArchiveMember(entry.Name, content);
            content.Drain();
        }
    }

    private long FindData(ZipEntryRecord entry)
    {
        Span<byte> header = stackalloc byte[LocalSize];
        zip.Position = Math.Min(entry.Offset, zip.Length);
        if (zip.ReadAtLeast(header, LocalSize, throwOnEndOfStream: false) != LocalSize || BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalSignature)
            throw Reject("zip-corrupt", entry, "a local header", "other bytes", "Pack or transfer the archive again.");
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        var method = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(header[14..]);
        var packed = BinaryPrimitives.ReadUInt32LittleEndian(header[18..]);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(header[22..]);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]), extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);

        var name = new byte[nameLength];
        if (zip.ReadAtLeast(name, nameLength, throwOnEndOfStream: false) != nameLength || Plain(name) != entry.Name.TrimEnd('/') || method != entry.Method)
            throw Reject("zip-corrupt", entry, "the same name and method in the local header", "others", "Pack or transfer the archive again.");
        var sizesFollow = (flags & ZipEntryRecord.SizesFollow) != 0;
        var zip64 = packed == uint.MaxValue || size == uint.MaxValue;
        if (!sizesFollow && !zip64 && (checksum, packed, size) != (entry.Checksum, (uint)entry.PackedSize, (uint)entry.Size))
            throw Reject("zip-size", entry, "the same sizes in the local header and the directory", "others", "Pack the archive again.");
        return entry.Offset + LocalSize + nameLength + extraLength;
    }

    private string Plain(byte[] name) =>
        string.Join('/', StrictText.Decode(name, gate.Archive, "a member's name").Split('/').Where(part => part is not ("" or ".")));

    private InputRejectedException Reject(string rule, ZipEntryRecord entry, string expected, string found, string remedy) =>
        gate.Archive.Reject(rule, expected, found, remedy, MemberGate.Member(entry.Name));
}
