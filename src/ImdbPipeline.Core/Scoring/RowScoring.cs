namespace ImdbPipeline.Core.Scoring;

/// <summary>Scores rows and keeps their order; bad rows become error records.</summary>
public static class RowScoring
{
    /// <param name="model">The model version for the records.</param>
    /// <exception cref="InvalidDataException">The scorer did not return one prediction per text.</exception>
    public static IReadOnlyList<ScoreRecord> ScoreRows(this ITextScorer scorer, string model, IReadOnlyList<IncomingRow> rows, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        var texts = rows.Where(row => row.Text is not null).Select(row => row.Text!).ToList();
        var predictions = texts.Count == 0 ? [] : scorer.Score(texts, null, cancellationToken);
        if (predictions.Count != texts.Count)
            throw new InvalidDataException($"model {model}: expected {texts.Count} predictions, one per text, found {predictions.Count}.");
        var next = 0;
        return [.. rows.Select(row => row.Text is null ? ScoreRecord.Bad(row.Row, row.Id, row.Error ?? "no text") : ScoreRecord.Of(row.Row, row.Id, model, predictions[next++]))];
    }
}
