namespace ImdbPipeline.Core.Scoring;

/// <summary>Scoring was asked for before any model was promoted: the request is fine, the pipeline's state is not (HTTP 409).</summary>
public sealed class NoChampionException()
    : Exception("models/champion.json: expected a champion, found none. Upload a data set, send a retrain message and wait until its model is promoted.");
