using System.Text;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Storage;

/// <summary>Base64 encoding of queue messages, as used by the Functions host and the storage SDK.</summary>
public static class QueueText
{
    public static string Encode(string body) => Convert.ToBase64String(StrictEncoding.Utf8.GetBytes(body));

    /// <param name="body">The decoded text; the message itself if it cannot be decoded.</param>
    /// <returns>False if the message is not Base64-encoded UTF-8.</returns>
    public static bool TryDecode(string message, out string body)
    {
        ArgumentNullException.ThrowIfNull(message);
        body = message;
        var bytes = new byte[message.Length];
        if (!Convert.TryFromBase64String(message, bytes, out var length))
            return false;
        try
        {
            body = StrictEncoding.Utf8.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
