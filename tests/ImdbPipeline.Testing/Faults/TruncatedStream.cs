namespace ImdbPipeline.Testing.Faults;

/// <summary>A response body whose connection breaks after the given number of bytes.</summary>
internal sealed class TruncatedStream(Stream whole, long bytes) : Stream
{
    private long remaining = bytes;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Count(whole.Read(buffer, offset, Limit(count)));

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        await ReadAsync(buffer.AsMemory(offset, count), cancellationToken);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await whole.ReadAsync(buffer[..Limit(buffer.Length)], cancellationToken));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            whole.Dispose();
        base.Dispose(disposing);
    }

    private int Limit(int requested) => remaining > 0 ? (int)Math.Min(requested, remaining) : throw new IOException("the connection broke in the middle of the body");

    private int Count(int read)
    {
        remaining -= read;
        return read;
    }
}
