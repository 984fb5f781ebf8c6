using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Cli.Scoring;

/// <summary>Scores rows in batches and keeps their order; bad rows become error records.</summary>
public static class TextBatches
{
    /// <summary>Large enough to keep all cores busy, small enough to show progress.</summary>
    private const int BatchSize = 256;

    public static IEnumerable<ScoreRecord> Score(ITextScorer scorer, IEnumerable<IncomingRow> rows, CancellationToken cancellationToken)
    {
        foreach (var batch in rows.Chunk(BatchSize))
        {
            var predictions = new Queue<Prediction>(scorer.Score(
                [.. batch.Where(row => row.Error is null).Select(row => row.Text!)], progress: null, cancellationToken));
            foreach (var row in batch)
                yield return row.Error is { } error ? ScoreRecord.Bad(row.Row, row.Id, error) : ScoreRecord.Of(row.Row, row.Id, scorer.Model, predictions.Dequeue());
        }
    }
}
