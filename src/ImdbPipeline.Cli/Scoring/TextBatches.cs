using ImdbPipeline.Cli.Outputs;
using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Cli.Scoring;

/// <summary>Scores rows in batches.</summary>
public static class TextBatches
{
    /// <summary>Large enough to keep all cores busy, small enough to show progress.</summary>
    private const int BatchSize = 256;

    public static IEnumerable<ScoredRow> Score(ITextScorer scorer, IEnumerable<OriginalRow> rows, CancellationToken cancellationToken)
    {
        foreach (var batch in rows.Chunk(BatchSize))
        {
            var records = scorer.ScoreRows(scorer.Model, Array.ConvertAll(batch, source => source.Row), cancellationToken);
            foreach (var (source, record) in batch.Zip(records))
                yield return new ScoredRow(source, record);
        }
    }
}
