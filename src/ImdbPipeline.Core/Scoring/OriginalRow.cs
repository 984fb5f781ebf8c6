namespace ImdbPipeline.Core.Scoring;

/// <summary>A row of a file with the values of all its columns.</summary>
/// <param name="Row">What is scored of it.</param>
/// <param name="Columns">The names of its columns.</param>
/// <param name="Cells">Their values, in the same order; null for a row that could not be read.</param>
public sealed record OriginalRow(IncomingRow Row, IReadOnlyList<string> Columns, IReadOnlyList<string?>? Cells);
