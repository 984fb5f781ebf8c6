using System.Globalization;
using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Archives;

/// <summary>How the folders or columns of an archive map to splits and labels.</summary>
public sealed record SourceLayout
{
    /// <summary>Label names, sorted; at least two.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Indexed by <see cref="RawText.Group"/>; null for files that turned out not to be texts, such as a readme next to the folders.</summary>
    public required IReadOnlyList<SourceGroup?> Groups { get; init; }

    /// <summary>Common prefix of all ids that is removed: the folder the archive was packed from.</summary>
    public required string IdPrefix { get; init; }

    /// <summary>Stands before the row number of a row without an id, so that it equals no other row's id.</summary>
    public string NumberMark { get; init; } = "";

    /// <summary>Whether texts are sorted by id; table rows keep their order.</summary>
    public required bool SortById { get; init; }

    /// <summary>Files that were not read as texts, not counting those of null groups.</summary>
    public required int Ignored { get; init; }

    /// <summary>Rows that could not be read.</summary>
    public int Unreadable { get; init; }

    /// <summary>The tables that were read, those with the same split and columns together.</summary>
    public IReadOnlyList<SourceTables> Tables { get; init; } = [];

    /// <summary>How ambiguous input was interpreted.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether the id of a text is made from its row's number.</summary>
    /// <param name="hasId">Whether the row has an id.</param>
    public bool IsNumbered(int group, bool hasId) => !hasId || Groups[group] is { NumbersRows: true };

    /// <summary>The id of a row that has none.</summary>
    /// <param name="group">See <see cref="RawText.Group"/>.</param>
    /// <param name="number">The row's number.</param>
    public string NumberedId(int group, int number) => string.Create(CultureInfo.InvariantCulture, $"{Groups[group]!.RowPrefix}{(Groups[group]!.NumbersRows ? "" : NumberMark)}{number}");

    /// <summary>A text's id in the dataset.</summary>
    public string IdOf(RawText text) => IsNumbered(text.Group, text.Id is not null) ? NumberedId(text.Group, text.Number ?? 0)
        : text.Id!.StartsWith(IdPrefix, StringComparison.Ordinal) ? text.Id[IdPrefix.Length..] : text.Id;
}

/// <param name="Split">The split given by the archive; training by default.</param>
/// <param name="Label">Index into <see cref="SourceLayout.Labels"/>; null for unlabelled texts.</param>
/// <param name="Movies">Indexed by <see cref="RawText.Number"/>; null if the archive has no movie list for this group.</param>
/// <param name="RowPrefix">Tells the rows of several tables apart.</param>
/// <param name="NumbersRows">Whether rows are identified by their numbers although they have ids.</param>
public sealed record SourceGroup(Split Split, int? Label, IReadOnlyList<string>? Movies, string RowPrefix = "", bool NumbersRows = false);
