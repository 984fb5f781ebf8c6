using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Decompresses the usual gzip file, one member with a plain header, with the framework's fast native code.</summary>
/// <remarks>
/// Three times as fast as <see cref="GzipReader"/>, which reads the file again if it turns out to be anything else.
/// </remarks>
internal sealed class SingleMemberGzip : ForwardStream
{
    private const int HeaderSize = 10, TrailerSize = 8, OriginalName = 8;

    private readonly Stream file;
    private readonly ArchiveFile archive;
    private readonly Crc32 checksum = new();
    private readonly DeflateData? data;
    private readonly DeflateStream? quick;
    private GzipReader? exact;
    private long length;
    private bool ended;

    /// <param name="file">Seekable, positioned at its start.</param>
    public SingleMemberGzip(Stream file, ArchiveFile archive)
    {
        (this.file, this.archive) = (file, archive);
        if (!TrySkipHeader())
        {
            ReadExactly();
            return;
        }
        data = new DeflateData(file, file.Length - TrailerSize);
        quick = new DeflateStream(data, CompressionMode.Decompress);
    }

    public override int Read(Span<byte> buffer)
    {
        if (exact is null && TryReadQuickly(buffer, out var read))
            return read;
        if (exact is null)
            ReadExactly();
        return exact!.Read(buffer);
    }

    private bool TryReadQuickly(Span<byte> buffer, out int read)
    {
        read = 0;
        if (ended)
            return true;
        try
        {
            read = quick!.Read(buffer);
        }
        catch (InvalidDataException)
        {
            // The exact reader reports what is wrong.
            return false;
        }
        checksum.Append(buffer[..read]);
        length += read;
        if (read > 0 || buffer.IsEmpty)
            return true;
        ended = HasValidTrailer();
        return ended;
    }

    private bool TrySkipHeader()
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (file.Length < HeaderSize + TrailerSize || file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize)
            return false;
        if (header is not [0x1F, 0x8B, 8, 0 or OriginalName, ..])
            return false;
        if (header[3] == OriginalName)
            while (file.ReadByte() is var next && next != 0)
                if (next < 0)
                    return false;
        return file.Position <= file.Length - TrailerSize;
    }

    private bool HasValidTrailer()
    {
        if (!data!.IsConsumed)
            return false;
        Span<byte> trailer = stackalloc byte[TrailerSize];
        file.Position = file.Length - TrailerSize;
        file.ReadExactly(trailer);
        return BinaryPrimitives.ReadUInt32LittleEndian(trailer) == checksum.GetCurrentHashAsUInt32()
            && BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) == (uint)length;
    }

    /// <summary>Switches to the exact reader, positioned after the bytes already returned.</summary>
    private void ReadExactly()
    {
        file.Position = 0;
        exact = new GzipReader(file, archive);
        var again = new byte[64 << 10];
        for (var left = length; left > 0;)
            left -= exact.Read(again.AsSpan(0, (int)Math.Min(left, again.Length))) is > 0 and var count
                ? count
                : throw archive.Reject(ErrorRules.GzipCorrupt, $"the same {length} bytes as before", $"{length - left}", "Do not change the file while it is being read.");
    }

    /// <summary>The file up to its trailer; the end is read byte by byte, to find out where the deflate data ends.</summary>
    private sealed class DeflateData(Stream file, long end) : ForwardStream
    {
        private const int TailBytes = 512;

        public bool IsConsumed => file.Position == end;

        public override int Read(Span<byte> buffer)
        {
            var left = end - file.Position;
            var max = left > TailBytes ? left - TailBytes : Math.Min(left, 1);
            return file.Read(buffer[..(int)Math.Min(buffer.Length, max)]);
        }
    }
}
