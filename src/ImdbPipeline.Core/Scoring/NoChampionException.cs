namespace ImdbPipeline.Core.Scoring;

/// <summary>Scoring was requested before any model was promoted (HTTP 409).</summary>
public sealed class NoChampionException()
    : Exception("models/champion.json: expected a champion, found none. Upload a dataset, send a retrain message and wait until its model is promoted.");
