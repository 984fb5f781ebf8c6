using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Texts on local disk, so that memory holds only where each one lies.</summary>
internal sealed class TextSpool : IDisposable
{
    private readonly FileStream file = TemporaryFile.Create();
    private byte[] buffer = new byte[64 << 10];
    private long length;
    private SafeFileHandle? handle;

    /// <returns>Where the text lies, and its UTF-8 bytes until the next call.</returns>
    public (long Offset, ReadOnlyMemory<byte> Bytes) Append(string text)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (buffer.Length < size)
            buffer = new byte[size];
        var bytes = buffer.AsMemory(0, Encoding.UTF8.GetBytes(text, buffer));
        var offset = length;
        file.Write(bytes.Span);
        length += bytes.Length;
        return (offset, bytes);
    }

    /// <summary>Ends the writing; only then may texts be read, by several threads.</summary>
    public void Finish()
    {
        file.Flush();
        // Asking a stream for its handle moves the file's position, which threads would wait for each other to do.
        handle = file.SafeFileHandle;
    }

    public string Read(long offset, int bytes)
    {
        var text = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            for (var read = 0; read < bytes;)
                read += RandomAccess.Read(handle!, text.AsSpan(read, bytes - read), offset + read) is > 0 and var count
                    ? count
                    : throw new EndOfStreamException($"The scratch file ends at {length}, before {offset + bytes}: is the disk full?");
            return Encoding.UTF8.GetString(text.AsSpan(0, bytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    public void Dispose() => file.Dispose();
}
