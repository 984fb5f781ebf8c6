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

    /// <summary>Whether texts are sorted by id; table rows keep their order.</summary>
    public required bool SortById { get; init; }

    /// <summary>Files that were not read as texts, not counting those of null groups.</summary>
    public required int Ignored { get; init; }
}

/// <param name="Split">The split given by the archive; training by default.</param>
/// <param name="Label">Index into <see cref="SourceLayout.Labels"/>; null for unlabelled texts.</param>
/// <param name="Movies">Indexed by <see cref="RawText.Number"/>; null if the archive has no movie list for this group.</param>
public sealed record SourceGroup(Split Split, int? Label, IReadOnlyList<string>? Movies);
