namespace ImdbPipeline.Core.Archives;

/// <summary>A zip member as described by the central directory.</summary>
/// <param name="Offset">Start of its local header, in bytes.</param>
/// <param name="PackedSize">Compressed size, in bytes.</param>
/// <param name="Size">Claimed uncompressed size, in bytes.</param>
internal sealed record ZipEntryRecord(string Name, ushort Flags, ushort Method, uint Checksum, long PackedSize, long Size, long Offset)
{
    public const ushort Stored = 0, Deflated = 8;

    private const ushort Encrypted = 0x0001, StrongEncryption = 0x0040, MaskedHeaders = 0x2000, AesMethod = 99;

    public const ushort SizesFollow = 0x0008;

    public bool IsEncrypted => (Flags & (Encrypted | StrongEncryption | MaskedHeaders)) != 0 || Method == AesMethod;
}
