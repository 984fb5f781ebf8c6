namespace ImdbPipeline.Core.Scoring;

/// <summary>One row of an incoming file and one line of a shard: a text, or the error of a bad row.</summary>
/// <param name="Row">The row's number in the file, counted from 1.</param>
/// <param name="Id">The row's id; null if it has none.</param>
/// <param name="Text">Null for a bad row.</param>
/// <param name="Error">Null for a valid row.</param>
public sealed record IncomingRow(int Row, string? Id, string? Text, string? Error);
