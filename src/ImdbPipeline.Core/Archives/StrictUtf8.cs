using System.Text;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Strict UTF-8 decoding; the framework's readers silently replace invalid bytes with U+FFFD.</summary>
internal static class StrictUtf8
{
    public static string Decode(ReadOnlySpan<byte> bytes, ArchiveFile archive, string member)
    {
        if (StrictEncoding.LooksLikeUtf16(bytes))
            throw archive.Reject(ErrorRules.TextUtf16, "UTF-8 text", "UTF-16", "Save the text as UTF-8.", member);
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        try
        {
            return StrictEncoding.Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw archive.Reject(ErrorRules.TextNotUtf8, "UTF-8 text", "bytes that are not UTF-8", "Save the text as UTF-8.", member, e);
        }
    }
}
