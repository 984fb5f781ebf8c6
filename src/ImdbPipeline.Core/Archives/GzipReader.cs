using System.IO.Hashing;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Strict gzip decompression (RFC 1952): verifies the checksum and length of every member, and that nothing follows the last one.</summary>
/// <remarks>The framework's own reader accepts truncated files.</remarks>
internal sealed class GzipReader(Stream compressed, ArchiveFile archive) : ForwardStream
{
    private const int HeaderChecksum = 2, ExtraField = 4, OriginalName = 8, Comment = 16, Reserved = 0xE0;

    private readonly DeflateReader inflation = new(compressed);
    private readonly Crc32 checksum = new();
    private readonly byte[] output = new byte[64 << 10];
    private uint length;
    private int produced, served;
    private bool inMember, finished, any;

    public override int Read(Span<byte> buffer)
    {
        while (served == produced && !buffer.IsEmpty)
            if (!Produce())
                return 0;
        var count = Math.Min(buffer.Length, produced - served);
        output.AsSpan(served, count).CopyTo(buffer);
        served += count;
        return count;
    }

    private bool Produce()
    {
        if (!finished && !inMember)
            BeginMember();
        if (finished)
            return false;
        served = 0;
        try
        {
            produced = inflation.Inflate(output);
        }
        catch (InvalidDataException e)
        {
            throw archive.Reject(ErrorRules.GzipCorrupt, "deflate data", e.Message, "Compress or transfer the file again.", inner: e);
        }
        checksum.Append(output.AsSpan(0, produced));
        length += (uint)produced;
        if (inflation.Finished)
            EndMember();
        else if (produced == 0)
            throw Truncated();
        return true;
    }

    private void BeginMember()
    {
        var first = inflation.ReadByte();
        if (first < 0)
        {
            finished = any;
            if (any)
                return;
            throw archive.Reject(ErrorRules.ArchiveEmpty, "a gzip file", "an empty file", "Compress or transfer the file again.");
        }
        if (first != 0x1F || inflation.ReadByte() != 0x8B)
            throw any
                ? archive.Reject(ErrorRules.GzipTrailingGarbage, "the end of the file after the last gzip member", "other data", "Compress or transfer the file again.")
                : archive.Reject(ErrorRules.ExtensionMismatch, "gzip data, as the extension says", "another format", "Correct the file extension, or compress the file with gzip.");
        if (Next() != 8)
            throw archive.Reject(ErrorRules.GzipCorrupt, "compression method 8 (deflate)", "another method", "Compress the file with gzip.");
        var flags = Next();
        if ((flags & Reserved) != 0)
            throw archive.Reject(ErrorRules.GzipCorrupt, "no reserved header flags", $"flags 0x{flags:x2}", "Compress the file with gzip.");
        Skip(6);
        if ((flags & ExtraField) != 0)
            Skip(Next() | Next() << 8);
        if ((flags & OriginalName) != 0)
            SkipText();
        if ((flags & Comment) != 0)
            SkipText();
        if ((flags & HeaderChecksum) != 0)
            Skip(2);
        inflation.Restart();
        checksum.Reset();
        length = 0;
        inMember = any = true;
    }

    private void EndMember()
    {
        var expectedChecksum = NextUInt32();
        var expectedLength = NextUInt32();
        if (checksum.GetCurrentHashAsUInt32() != expectedChecksum)
            throw archive.Reject(ErrorRules.GzipChecksum, $"data with CRC-32 {expectedChecksum:x8}", $"{checksum.GetCurrentHashAsUInt32():x8}", "Compress or transfer the file again.");
        if (length != expectedLength)
            throw archive.Reject(ErrorRules.GzipLength, $"{expectedLength} bytes (modulo 2^32)", $"{length}", "Compress or transfer the file again.");
        inMember = false;
    }

    private int Next() => inflation.ReadByte() is >= 0 and var value ? value : throw Truncated();

    private uint NextUInt32() => (uint)(Next() | Next() << 8 | Next() << 16 | Next() << 24);

    private void Skip(int count)
    {
        for (; count > 0; count--)
            Next();
    }

    private void SkipText()
    {
        while (Next() != 0)
        {
        }
    }

    private InputRejectedException Truncated() =>
        archive.Reject(ErrorRules.GzipTruncated, "a complete gzip file", "unexpected end of file", "Transfer the file again; it was truncated.");
}
