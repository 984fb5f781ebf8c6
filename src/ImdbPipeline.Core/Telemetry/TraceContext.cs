using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Telemetry;

/// <summary>
/// The trace context that started a stage; its trace id correlates everything that follows. Propagated as a W3C
/// <c>traceparent</c> in blob metadata and in messages.
/// </summary>
public static class TraceContext
{
    /// <summary>Name of the metadata entry and of the message property.</summary>
    public const string Key = "traceparent";

    /// <summary>The current span as a <c>traceparent</c>; null if there is none.</summary>
    public static string? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;

    /// <summary>The trace context of a queue message; without a valid one, starts a new trace.</summary>
    /// <param name="traceSeed">Determines the new trace's id; the same for every delivery of the message and unique to it.</param>
    public static ActivityContext OfMessage(string body, string traceSeed)
    {
        ArgumentNullException.ThrowIfNull(body);
        try
        {
            using var json = JsonDocument.Parse(body);
            return Of(json.RootElement.ValueKind == JsonValueKind.Object ? PipelineJson.Text(json.RootElement, Key) : null, traceSeed);
        }
        // Invalid JSON, or a lone surrogate in a string: the handler will reject the message.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Of(null, traceSeed);
        }
    }

    /// <summary>The trace context in a blob's metadata; without a valid one, starts a new trace.</summary>
    /// <param name="traceSeed">Determines the new trace's id; the same for every event of this content and unique to it.</param>
    public static ActivityContext OfMetadata(IDictionary<string, string> metadata, string traceSeed)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return Of(metadata.TryGetValue(Key, out var traceparent) ? traceparent : null, traceSeed);
    }

    /// <summary>Adds the current span to the metadata of a blob to be written.</summary>
    public static IDictionary<string, string> AddTo(IDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (Current is { } current)
            metadata[Key] = current;
        return metadata;
    }

    // Always marked as recorded: even if the sender does not sample its trace, it must be visible in the traces collected here.
    private static ActivityContext Of(string? traceparent, string traceSeed) =>
        ActivityContext.TryParse(traceparent, null, isRemote: true, out var parent)
            ? new ActivityContext(parent.TraceId, parent.SpanId, ActivityTraceFlags.Recorded, isRemote: true)
            : new ActivityContext(TraceId(traceSeed), default, ActivityTraceFlags.Recorded, isRemote: true);

    // Derived from a hash, so that repeated deliveries get the same trace without shared state.
    private static ActivityTraceId TraceId(string seed)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(seed)).AsSpan(0, 16);
        // An all-zero id is invalid.
        if (BinaryPrimitives.ReadUInt128BigEndian(hash) == 0)
            hash[^1] = 1;
        return ActivityTraceId.CreateFromBytes(hash);
    }
}
