using System.Text;

namespace ImdbPipeline.Core.Storage;

/// <summary>The Base64 form in which the Functions host and the storage SDK put text on a queue.</summary>
public static class QueueText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Encode(string body) => Convert.ToBase64String(Strict.GetBytes(body));

    /// <param name="body">The text; the message as it is where that is none.</param>
    /// <returns>False where the message is not Base64 of UTF-8.</returns>
    public static bool TryDecode(string message, out string body)
    {
        ArgumentNullException.ThrowIfNull(message);
        body = message;
        var bytes = new byte[message.Length];
        if (!Convert.TryFromBase64String(message, bytes, out var length))
            return false;
        try
        {
            body = Strict.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
