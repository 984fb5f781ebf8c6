using System.Text;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Strict UTF-8 decoding; the framework's readers silently replace invalid bytes with U+FFFD.</summary>
internal static class StrictUtf8
{
    public static string Decode(ReadOnlySpan<byte> bytes, ArchiveFile archive, string member)
    {
        if (LooksLikeUtf16(bytes))
            throw Utf16(archive, member);
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        try
        {
            return StrictEncoding.Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw NotUtf8(archive, member, e);
        }
    }

    /// <summary>True for a UTF-16 byte order mark, or if many bytes are zero, but only at even or only at odd positions.</summary>
    public static bool LooksLikeUtf16(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            return true;
        if (!bytes.Contains((byte)0))
            return false;
        var zeros = (Even: 0, Odd: 0);
        for (var i = 0; i + 1 < bytes.Length; i += 2)
            zeros = (zeros.Even + (bytes[i] == 0 ? 1 : 0), zeros.Odd + (bytes[i + 1] == 0 ? 1 : 0));
        return Math.Min(zeros.Even, zeros.Odd) == 0 && zeros.Even + zeros.Odd > bytes.Length / 4;
    }

    public static InputRejectedException Utf16(ArchiveFile archive, string member) =>
        archive.Reject(ErrorRules.TextUtf16, "UTF-8 text", "UTF-16", "Save the text as UTF-8.", member);

    public static InputRejectedException NotUtf8(ArchiveFile archive, string member, Exception e) =>
        archive.Reject(ErrorRules.TextNotUtf8, "UTF-8 text", "bytes that are not UTF-8", "Save the text as UTF-8.", member, e);
}
