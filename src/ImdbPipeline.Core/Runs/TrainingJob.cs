using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Runs;

/// <summary>The <c>training-jobs</c> message: the run to train. Everything else is in the run's record.</summary>
public sealed record TrainingJob(string Run)
{
    /// <summary>See <see cref="Telemetry.TraceContext"/>.</summary>
    public string? Traceparent { get; init; }

    private const int MaxNameLength = 100;

    /// <exception cref="InputRejectedException">The body is not a valid training job.</exception>
    public static TrainingJob Parse(string body)
    {
        const string Expected = """{"run": "<run name>"}""";
        const string Remedy = "Only the pipeline writes to this queue; send a retrain message instead.";
        try
        {
            // Unknown properties are ignored: during an upgrade a newer host may have written the message.
            var message = JsonSerializer.Deserialize<TrainingJob>(body, PipelineJson.Line);
            return message is not null && IsName(message.Run)
                ? message
                : throw new InputRejectedException(ErrorRules.JobMessage, "training-jobs message", Expected, "other values", Remedy);
        }
        catch (JsonException e)
        {
            throw new InputRejectedException(ErrorRules.JobMessage, "training-jobs message", Expected, $"invalid JSON ({e.Message})", Remedy, e);
        }
    }

    // The name becomes part of a blob path: no path separators, and not too long.
    private static bool IsName(string run) =>
        run.Length is > 0 and <= MaxNameLength && run.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
