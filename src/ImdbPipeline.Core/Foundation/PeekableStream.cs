using System.Text;

namespace ImdbPipeline.Core.Foundation;

/// <summary>Exposes the first bytes of a stream before it is read.</summary>
internal sealed class PeekableStream : ForwardStream
{
    private const int HeadSize = 4096;

    private readonly Stream inner;
    private readonly byte[] head = new byte[HeadSize];
    private readonly int filled;
    private int served;

    public PeekableStream(Stream inner)
    {
        this.inner = inner;
        filled = inner.ReadAtLeast(head, HeadSize, throwOnEndOfStream: false);
    }

    public ReadOnlySpan<byte> Head => head.AsSpan(0, filled);

    public void SkipByteOrderMark() => served = Head.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;

    public override int Read(Span<byte> buffer)
    {
        if (served == filled)
            return inner.Read(buffer);
        var count = Math.Min(buffer.Length, filled - served);
        head.AsSpan(served, count).CopyTo(buffer);
        served += count;
        return count;
    }
}
