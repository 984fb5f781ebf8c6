using ImdbPipeline.Cli.Outputs;
using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Cli.Scoring;

/// <summary>Scores rows in batches and keeps their order; bad rows become error records.</summary>
public static class TextBatches
{
    /// <summary>Large enough to keep all cores busy, small enough to show progress.</summary>
    private const int BatchSize = 256;

    public static IEnumerable<ScoredRow> Score(ITextScorer scorer, IEnumerable<OriginalRow> rows, CancellationToken cancellationToken)
    {
        foreach (var batch in rows.Chunk(BatchSize))
        {
            var predictions = new Queue<Prediction>(scorer.Score(
                [.. batch.Where(source => source.Row.Error is null).Select(source => source.Row.Text!)], progress: null, cancellationToken));
            foreach (var source in batch)
            {
                var row = source.Row;
                yield return new ScoredRow(source, row.Error is { } error ? ScoreRecord.Bad(row.Row, row.Id, error) : ScoreRecord.Of(row.Row, row.Id, scorer.Model, predictions.Dequeue()));
            }
        }
    }
}
