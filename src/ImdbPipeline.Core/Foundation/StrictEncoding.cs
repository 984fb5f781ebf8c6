using System.Text;

namespace ImdbPipeline.Core.Foundation;

/// <summary>UTF-8 that throws on invalid bytes, which the framework's default silently replaces with U+FFFD.</summary>
public static class StrictEncoding
{
    public static UTF8Encoding Utf8 { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
