using System.Text;

namespace ImdbPipeline.Core.Foundation;

/// <summary>UTF-8 that throws on invalid bytes, which the framework's default silently replaces with U+FFFD.</summary>
public static class StrictEncoding
{
    public static UTF8Encoding Utf8 { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>True if more than a quarter of the bytes are zero and it is not UTF-16. Single zeros are characters of a text.</summary>
    public static bool LooksBinary(ReadOnlySpan<byte> bytes) => bytes.Count((byte)0) > bytes.Length / 4 && !LooksLikeUtf16(bytes);

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
}
