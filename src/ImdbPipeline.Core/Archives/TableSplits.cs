using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Archives;

/// <summary>The splits that the names of tables and of their folders give.</summary>
internal static class TableSplits
{
    private const int MaxNamed = 3;

    /// <returns>A split per table, null if its name gives none; and notes about tables without a split next to others that have one.</returns>
    public static (IReadOnlyList<Split?> Splits, IReadOnlyList<string> Notes) Of(IReadOnlyList<SourceTable> tables)
    {
        var root = CommonFolder([.. tables.Select(table => table.Path)]);
        var found = tables.Select(table => SplitNames.OfPath(table.Path[root.Length..])).ToList();
        // A word that all names have, such as that of a project, tells nothing apart.
        if (found.Select(split => split?.Split).Distinct().Count() == 1 && found.TrueForAll(split => split is { IsWholeName: false }))
            return (new Split?[tables.Count], []);
        var without = tables.Where(table => found[table.Index] is null && table.Columns[TableColumn.Split] < 0).ToList();
        string[] notes = found.TrueForAll(split => split is null) ? [] :
            [.. without.Take(MaxNamed).Select(table => $"{UntrustedText.Escape(table.Path)} is not named after a split: its texts are for training")];
        return ([.. found.Select(split => split?.Split)], notes);
    }

    /// <summary>The folder that holds all files, with a slash at its end.</summary>
    private static string CommonFolder(IReadOnlyList<string> paths)
    {
        var first = paths[0];
        for (var end = first.LastIndexOf('/'); end >= 0; end = end == 0 ? -1 : first.LastIndexOf('/', end - 1))
            if (paths.All(path => path.AsSpan().StartsWith(first.AsSpan(0, end + 1), StringComparison.Ordinal)))
                return first[..(end + 1)];
        return "";
    }
}
