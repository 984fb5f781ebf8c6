using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Cli.Evaluating;

/// <param name="Id">The member's path in the archive, or the row's own id or number.</param>
/// <param name="Text">As the archive has it, not cleaned.</param>
/// <param name="Label">Its label's name.</param>
public sealed record LabelledReview(string Id, string Text, string Label);

/// <summary>Reads the reviews of one split of an archive as they are: nothing is cleaned or removed.</summary>
public sealed class LabelledReviews
{
    private readonly ArchiveFile archive;
    private readonly SourceLayout layout;
    private readonly Split split;

    private LabelledReviews(ArchiveFile archive, SourceLayout layout, Split split, int count) =>
        (this.archive, this.layout, this.split, Count) = (archive, layout, split, count);

    public int Count { get; }

    public IReadOnlyList<string> Labels => layout.Labels;

    /// <summary>Reads the archive once, because what its folders mean and that it is sound is known at its end only.</summary>
    /// <exception cref="Core.InputRejectedException">Something is wrong with the archive.</exception>
    /// <exception cref="CommandFailedException">It has no labelled reviews in that split.</exception>
    public static LabelledReviews Open(ArchiveFile archive, Split split, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archive);
        var reader = new ReviewReader(archive, ArchiveLimits.Default);
        var groups = new Dictionary<int, int>();
        foreach (var review in reader.Read(cancellationToken))
            groups[review.Group] = groups.GetValueOrDefault(review.Group) + 1;
        var counts = groups
            .Where(group => reader.Layout.Groups[group.Key]?.Label is not null)
            .GroupBy(group => reader.Layout.Groups[group.Key]!.Split)
            .ToDictionary(part => part.Key, part => part.Sum(group => group.Value));
        return counts.TryGetValue(split, out var count)
            ? new LabelledReviews(archive, reader.Layout, split, count)
            : throw new CommandFailedException(
                ExitCode.NotFound,
                $"{archive.Name}: expected labelled reviews in the split {Name(split)}, found {string.Join(", ", counts.OrderBy(part => part.Key).Select(part => $"{Name(part.Key)} {part.Value}"))}. Name one of these with --split.");
    }

    /// <summary>Reads the archive again, in its own order.</summary>
    public IEnumerable<LabelledReview> Read(CancellationToken cancellationToken)
    {
        foreach (var review in new ReviewReader(archive, ArchiveLimits.Default).Read(cancellationToken))
            if (layout.Groups[review.Group] is { Label: { } label } group && group.Split == split)
                yield return new LabelledReview(review.Id, review.Text, layout.Labels[label]);
    }

    private static string Name(Split split) => split.ToString().ToLowerInvariant();
}
