namespace ImdbPipeline.Core.Datasets;

/// <summary>Tables of an archive that were read in the same way.</summary>
/// <param name="First">Path of the first table in the archive, or the name of the file.</param>
/// <param name="Count">Number of tables.</param>
/// <param name="Rows">Rows of all of them, unreadable ones included.</param>
/// <param name="Split">The split that their names give; null if it is in a column, or nowhere, which means training.</param>
/// <param name="Columns">The names of the columns that were read, by their use: text, label, id, split, rating, movie.</param>
public sealed record SourceTables(string First, int Count, int Rows, Split? Split, IReadOnlyDictionary<string, string> Columns);
