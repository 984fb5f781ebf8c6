using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ImdbPipeline.Core.Telemetry;

/// <summary>
/// What made a stage begin: its trace is the correlation id of everything that follows. It travels as W3C Trace Context,
/// <c>traceparent</c> in the metadata of blobs and in messages.
/// </summary>
public static class Cause
{
    /// <summary>The name of the metadata entry and of the messages' property.</summary>
    public const string Key = "traceparent";

    /// <summary>The present span, for what it causes; null outside of any.</summary>
    public static string? Present => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;

    /// <summary>Of a queue message: what it carries, or a trace of its own.</summary>
    /// <param name="otherwise">What is the same at every delivery of the message, and of no other message.</param>
    public static ActivityContext OfMessage(string body, string otherwise)
    {
        ArgumentNullException.ThrowIfNull(body);
        try
        {
            using var json = JsonDocument.Parse(body);
            return Of(json.RootElement.ValueKind == JsonValueKind.Object ? PipelineJson.Text(json.RootElement, Key) : null, otherwise);
        }
        // No JSON, or half of a surrogate pair in a text of it: for the handler to refuse.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Of(null, otherwise);
        }
    }

    /// <summary>Of a blob: what its metadata carries, or a trace of its own.</summary>
    /// <param name="otherwise">What is the same whenever this content of the blob is looked at, and for no other.</param>
    public static ActivityContext OfMetadata(IDictionary<string, string> metadata, string otherwise)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return Of(metadata.TryGetValue(Key, out var carried) ? carried : null, otherwise);
    }

    /// <summary>Metadata with the present span in it, for a blob it writes.</summary>
    public static IDictionary<string, string> Added(IDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (Present is { } present)
            metadata[Key] = present;
        return metadata;
    }

    // Always recorded: whoever sent it may collect nothing, and still wants to be found in what is collected here.
    private static ActivityContext Of(string? traceparent, string otherwise) =>
        ActivityContext.TryParse(traceparent, null, isRemote: true, out var carried)
            ? new ActivityContext(carried.TraceId, carried.SpanId, ActivityTraceFlags.Recorded, isRemote: true)
            : new ActivityContext(Trace(otherwise), default, ActivityTraceFlags.Recorded, isRemote: true);

    // Deliveries repeat: each has to find the same trace, with nobody to ask for it.
    private static ActivityTraceId Trace(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16);
        // The id of only zeros means none.
        if (BinaryPrimitives.ReadUInt128BigEndian(hash) == 0)
            hash[^1] = 1;
        return ActivityTraceId.CreateFromBytes(hash);
    }
}
