using System.Text.Json;

namespace ImdbPipeline.Core.Training;

/// <summary>The <c>training-jobs</c> message: which run to carry out. Everything else is in the run's record.</summary>
public sealed record TrainingJob(string Run)
{
    /// <summary>See <see cref="Telemetry.Cause"/>.</summary>
    public string? Traceparent { get; init; }

    private const int MostNameLength = 100;

    /// <exception cref="InputRejectedException">The body is no such message.</exception>
    public static TrainingJob Parse(string body)
    {
        const string Expected = """{"run": the name of a run}""";
        const string Remedy = "Messages of this queue are the pipeline's own: send a retrain message instead of writing one.";
        try
        {
            // During an upgrade a newer host may have written it, with more in it.
            var message = JsonSerializer.Deserialize<TrainingJob>(body, PipelineJson.Line);
            return message is not null && IsName(message.Run)
                ? message
                : throw new InputRejectedException("job-message", "training-jobs message", Expected, "other values", Remedy);
        }
        catch (JsonException e)
        {
            throw new InputRejectedException("job-message", "training-jobs message", Expected, $"invalid JSON ({e.Message})", Remedy, e);
        }
    }

    // A name becomes a path: nothing that leads elsewhere, nothing too long for a blob.
    private static bool IsName(string run) =>
        run.Length is > 0 and <= MostNameLength && run.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
