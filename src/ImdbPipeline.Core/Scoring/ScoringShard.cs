using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Scoring;

/// <summary>The <c>scoring-shards</c> message: the shard to score and its plan.</summary>
public sealed record ScoringShard(string Plan, int Shard)
{
    /// <summary>See <see cref="Telemetry.TraceContext"/>.</summary>
    public string? Traceparent { get; init; }

    /// <exception cref="InputRejectedException">The body is not a valid shard message.</exception>
    public static ScoringShard Parse(string body)
    {
        const string Expected = """{"plan": 16 hexadecimal digits, "shard": 0 or more}""";
        const string Remedy = "Only the pipeline writes to this queue; upload the file to incoming instead.";
        try
        {
            // Unknown properties are ignored: during an upgrade a newer host may have written the message.
            var message = JsonSerializer.Deserialize<ScoringShard>(body, PipelineJson.Line);
            return message is { Shard: >= 0 } && ScorePlanStore.IsName(message.Plan)
                ? message
                : throw new InputRejectedException(ErrorRules.ShardMessage, "scoring-shards message", Expected, "other values", Remedy);
        }
        catch (JsonException e)
        {
            throw new InputRejectedException(ErrorRules.ShardMessage, "scoring-shards message", Expected, $"invalid JSON ({e.Message})", Remedy, e);
        }
    }
}
