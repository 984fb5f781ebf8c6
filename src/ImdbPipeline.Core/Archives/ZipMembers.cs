using System.Buffers.Binary;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Reads the files of a zip, in the order of their data.</summary>
/// <remarks>
/// Checks what the framework's reader does not: local headers against the directory, sizes and checksums against the data,
/// and that no members overlap.
/// </remarks>
internal sealed class ZipMembers(Stream zip, MemberChecks gate, ArchiveLimits limits)
{
    private const uint LocalSignature = 0x04034b50;
    private const int LocalSize = 30;

    // Windows PowerShell 5.1 separates folders with backslashes.
    private bool hasBackslashes;

    public IEnumerable<ArchiveMember> Read()
    {
        var directory = new ZipDirectory(zip, gate.Archive, limits);
        var (slashes, backslashes) = (false, false);
        foreach (var entry in directory.Read())
            (slashes, backslashes) = (slashes || entry.Name.Contains('/', StringComparison.Ordinal), backslashes || entry.Name.Contains('\\', StringComparison.Ordinal));
        hasBackslashes = backslashes && !slashes;
        var entries = new List<ZipEntryRecord>();
        foreach (var record in directory.Read())
        {
            var entry = record with { Name = Slashes(record.Name) };
            if (entry.IsEncrypted)
                throw Reject(ErrorRules.ZipEncrypted, entry, "unencrypted members", "an encrypted one", "Repack the archive without a password.");
            if (entry.Method is not (ZipEntryRecord.Stored or ZipEntryRecord.Deflated))
                throw Reject(ErrorRules.ZipMethod, entry, "stored or deflated members", $"compression method {entry.Method}", "Repack with the deflate method.");
            entries.Add(entry with { Name = gate.CheckName(entry.Name) + (entry.Name.EndsWith('/') ? "/" : "") });
        }
        entries.Sort((one, other) => one.Offset.CompareTo(other.Offset));

        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var start = FindData(entry);
            if (entry.PackedSize > (i + 1 < entries.Count ? entries[i + 1].Offset : directory.Start) - start)
                throw Reject(ErrorRules.ZipOverlap, entry, "members that do not overlap", $"{entry.PackedSize} bytes at {start} that overlap the next member", "Repack the archive.");
            if (entry.Name.EndsWith('/'))
            {
                if (entry.Size != 0)
                    throw Reject(ErrorRules.ZipSize, entry, "a folder without content", $"{entry.Size} bytes", "Repack the archive.");
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
            throw Reject(ErrorRules.ZipCorrupt, entry, "a local header", "other data", "Repack or transfer the archive again.");
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        var method = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(header[14..]);
        var packed = BinaryPrimitives.ReadUInt32LittleEndian(header[18..]);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(header[22..]);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]), extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);

        var name = new byte[nameLength];
        if (zip.ReadAtLeast(name, nameLength, throwOnEndOfStream: false) != nameLength || Normalize(name) != entry.Name.TrimEnd('/') || method != entry.Method)
            throw Reject(ErrorRules.ZipCorrupt, entry, "the same name and method in the local header and the directory", "different ones", "Repack or transfer the archive again.");
        var sizesFollow = (flags & ZipEntryRecord.SizesFollow) != 0;
        var zip64 = packed == uint.MaxValue || size == uint.MaxValue;
        if (!sizesFollow && !zip64 && (checksum, packed, size) != (entry.Checksum, (uint)entry.PackedSize, (uint)entry.Size))
            throw Reject(ErrorRules.ZipSize, entry, "the same sizes and checksum in the local header and the directory", "different ones", "Repack the archive.");
        return entry.Offset + LocalSize + nameLength + extraLength;
    }

    private string Normalize(byte[] name) =>
        string.Join('/', Slashes(StrictUtf8.Decode(name, gate.Archive, "a member name")).Split('/').Where(part => part is not ("" or ".")));

    private string Slashes(string name) => hasBackslashes ? name.Replace('\\', '/') : name;

    private InputRejectedException Reject(ErrorRule rule, ZipEntryRecord entry, string expected, string found, string remedy) =>
        gate.Archive.Reject(rule, expected, found, remedy, MemberChecks.Member(entry.Name));
}
