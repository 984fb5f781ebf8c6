using System.Text.Json;

namespace ImdbPipeline.Core.Scoring;

/// <summary>The <c>scoring-shards</c> message: which shard of which plan to score.</summary>
public sealed record ScoringShard(string Plan, int Shard)
{
    /// <summary>See <see cref="Telemetry.Cause"/>.</summary>
    public string? Traceparent { get; init; }

    /// <exception cref="InputRejectedException">The body is no such message.</exception>
    public static ScoringShard Parse(string body)
    {
        const string Expected = """{"plan": 16 hexadecimal digits, "shard": 0 or more}""";
        const string Remedy = "Messages of this queue are the pipeline's own: upload the file to incoming instead of writing one.";
        try
        {
            // During an upgrade a newer host may have written it, with more in it.
            var message = JsonSerializer.Deserialize<ScoringShard>(body, PipelineJson.Line);
            return message is { Shard: >= 0 } && ScorePlanStore.IsName(message.Plan)
                ? message
                : throw new InputRejectedException("shard-message", "scoring-shards message", Expected, "other values", Remedy);
        }
        catch (JsonException e)
        {
            throw new InputRejectedException("shard-message", "scoring-shards message", Expected, $"invalid JSON ({e.Message})", Remedy, e);
        }
    }
}
