using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Scoring;

/// <summary>Counts the records of a scored file; shards may be added in any order. Thread-safe.</summary>
internal sealed class ScoreTally
{
    private readonly Lock guard = new();
    private readonly SortedDictionary<string, int> labels = new(StringComparer.Ordinal);
    private int errors;
    private int truncated;
    private int unknown;

    public int Rows { get; private set; }

    /// <param name="part">Score records, one per line.</param>
    public void Add(ReadOnlyMemory<byte> part)
    {
        var remaining = part.Span;
        lock (guard)
        {
            while (!remaining.IsEmpty)
            {
                var end = remaining.IndexOf((byte)'\n');
                var line = end < 0 ? remaining : remaining[..end];
                remaining = end < 0 ? default : remaining[(end + 1)..];
                Count(JsonSerializer.Deserialize<ScoreRecord>(line, PipelineJson.Line)!);
            }
        }
    }

    public ScoreSummary Summarize(ScorePlan plan, DateTimeOffset finishedAt) => new()
    {
        File = plan.File,
        State = ScoreState.Scored,
        Scores = StorageLayout.ScoredFile(plan.File),
        SourceETag = plan.ETag,
        Plan = plan.Plan,
        Model = plan.Model,
        Rows = Rows,
        Columns = plan.Columns,
        Labels = labels,
        Errors = errors,
        Truncated = truncated,
        Unknown = unknown,
        StartedAt = plan.CreatedAt,
        FinishedAt = finishedAt,
    };

    private void Count(ScoreRecord record)
    {
        Rows++;
        if (record.Label is { } label)
            labels[label] = labels.GetValueOrDefault(label) + 1;
        else
            errors++;
        if (record.Truncated == true)
            truncated++;
        if (record.Unknown == true)
            unknown++;
    }
}
