using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Archives;

/// <summary>What the folders or columns of an archive mean.</summary>
public sealed record SourceLayout
{
    /// <summary>Label names, sorted; at least two.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>By <see cref="RawReview.Group"/>; null for files that are no reviews after all, such as a readme beside the folders.</summary>
    public required IReadOnlyList<SourceGroup?> Groups { get; init; }

    /// <summary>What every review's id begins with and no id needs: the folder the archive was packed from.</summary>
    public required string IdPrefix { get; init; }

    /// <summary>Whether reviews are in no order of their own and sorted by id; rows of a table stay in theirs.</summary>
    public required bool SortById { get; init; }

    /// <summary>Files that were not read as reviews; those of the groups that are null are not among them.</summary>
    public required int Ignored { get; init; }
}

/// <param name="Split">Where the archive puts its reviews; all training where it does not say.</param>
/// <param name="Label">Index into <see cref="SourceLayout.Labels"/>; null for unlabelled reviews.</param>
/// <param name="Movies">By <see cref="RawReview.Number"/>; null where the archive names none for this group.</param>
public sealed record SourceGroup(Split Split, int? Label, IReadOnlyList<string>? Movies);
