using System.Text.Json;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Scoring;

/// <summary>Counts the records of a scored file, shard by shard in any order, from several threads.</summary>
internal sealed class ScoreTally
{
    private readonly Lock guard = new();
    private readonly SortedDictionary<string, int> labels = new(StringComparer.Ordinal);
    private int errors;
    private int truncated;

    public int Rows { get; private set; }

    /// <param name="part">Score records, one a line.</param>
    public void Add(ReadOnlyMemory<byte> part)
    {
        var rest = part.Span;
        lock (guard)
        {
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf((byte)'\n');
                var line = end < 0 ? rest : rest[..end];
                rest = end < 0 ? default : rest[(end + 1)..];
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
        Labels = labels,
        Errors = errors,
        Truncated = truncated,
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
    }
}
