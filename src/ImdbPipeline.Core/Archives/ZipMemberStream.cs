using System.IO.Hashing;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>A zip member's content; rejected if its size or checksum differs from the directory.</summary>
internal sealed class ZipMemberStream(Stream zip, ZipEntryRecord entry, MemberChecks gate) : ForwardStream
{
    private readonly Crc32 checksum = new();
    private readonly Packed packed = new(zip, entry.PackedSize);
    private readonly byte[] output = new byte[64 << 10];
    private DeflateReader? inflation;
    private long size;
    private int produced, served;
    private bool finished;

    public override int Read(Span<byte> buffer)
    {
        while (served == produced && !finished && !buffer.IsEmpty)
            Produce();
        var count = Math.Min(buffer.Length, produced - served);
        output.AsSpan(served, count).CopyTo(buffer);
        served += count;
        return count;
    }

    public void Drain()
    {
        while (!finished)
            Produce();
    }

    private void Produce()
    {
        served = 0;
        produced = entry.Method == ZipEntryRecord.Stored ? packed.Read(output) : Inflate();
        size += produced;
        checksum.Append(output.AsSpan(0, produced));
        gate.Count(produced, MemberChecks.Member(entry.Name), size);
        finished = entry.Method == ZipEntryRecord.Stored ? produced == 0 : inflation!.Finished;
        if (size > entry.Size || (finished && size != entry.Size))
            throw Reject(ErrorRules.ZipSize, $"{entry.Size} bytes, as its header says", finished ? $"{size}" : "more");
        if (!finished)
            return;
        if (packed.Left > 0 || inflation?.ReadByte() is >= 0)
            throw Reject(ErrorRules.ZipSize, $"{entry.PackedSize} compressed bytes, as its header says", "fewer");
        if (checksum.GetCurrentHashAsUInt32() != entry.Checksum)
            throw Reject(ErrorRules.ZipChecksum, $"data with CRC-32 {entry.Checksum:x8}", $"{checksum.GetCurrentHashAsUInt32():x8}");
    }

    private int Inflate()
    {
        inflation ??= new DeflateReader(packed);
        try
        {
            var count = inflation.Inflate(output);
            return count > 0 || inflation.Finished ? count : throw Reject(ErrorRules.ZipCorrupt, "complete deflate data", "unexpected end of data");
        }
        catch (InvalidDataException e)
        {
            throw Reject(ErrorRules.ZipCorrupt, "deflate data", e.Message, e);
        }
    }

    private InputRejectedException Reject(ErrorRule rule, string expected, string found, Exception? inner = null) =>
        gate.Archive.Reject(rule, expected, found, "Repack or transfer the archive again.", MemberChecks.Member(entry.Name), inner);

    private sealed class Packed(Stream zip, long size) : ForwardStream
    {
        public long Left { get; private set; } = size;

        public override int Read(Span<byte> buffer)
        {
            var read = zip.Read(buffer[..(int)Math.Min(buffer.Length, Left)]);
            Left -= read;
            return read;
        }
    }
}
