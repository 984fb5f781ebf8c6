using System.Text;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Storage;

/// <summary>
/// The text of a queue message. The pipeline, the storage SDK and most tools send Base64; the portal and the Azure CLI may send plain text.
/// </summary>
public static class QueueText
{
    public static string Encode(string body) => Convert.ToBase64String(StrictEncoding.Utf8.GetBytes(body));

    /// <summary>Decodes a message that may be Base64 or plain text. A JSON object in plain text is never valid Base64.</summary>
    public static string Decode(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return FromBase64(message).TrimStart('\uFEFF');
    }

    private static string FromBase64(string message)
    {
        var bytes = new byte[message.Length];
        if (!Convert.TryFromBase64String(message, bytes, out var length))
            return message;
        try
        {
            return StrictEncoding.Utf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return message;
        }
    }
}
