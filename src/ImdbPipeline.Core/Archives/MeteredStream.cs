using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Counts uncompressed bytes against the limits while they are read.</summary>
/// <param name="member">Null for a stream with many members, where only the total is limited.</param>
internal sealed class MeteredStream(Stream inner, MemberChecks gate, string? member) : ForwardStream
{
    private long bytes;

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        bytes += read;
        gate.Count(read, member, member is null ? 0 : bytes);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
