using System.Buffers;
using System.Text;
using ImdbPipeline.Core.Foundation;
using Microsoft.Win32.SafeHandles;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Stores texts in a temporary file, so that memory only holds their positions.</summary>
internal sealed class TextSpool : IDisposable
{
    private readonly FileStream file = TemporaryFile.Create();
    private byte[] buffer = new byte[64 << 10];
    private long length;
    private SafeFileHandle? handle;

    /// <returns>The text's position and its UTF-8 bytes, which are valid until the next call.</returns>
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

    /// <summary>Ends writing; texts can be read only afterwards, also by several threads.</summary>
    public void Finish()
    {
        file.Flush();
        // Every access to SafeFileHandle seeks, which would serialize concurrent readers.
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
                    : throw new EndOfStreamException($"Temporary file: expected {offset + bytes} bytes, found {length}. Check for free disk space.");
            return Encoding.UTF8.GetString(text.AsSpan(0, bytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    public void Dispose() => file.Dispose();
}
