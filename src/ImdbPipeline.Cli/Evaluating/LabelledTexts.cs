using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Cli.Evaluating;

/// <param name="Id">The path in the archive, or the row's id or number.</param>
/// <param name="Text">The uncleaned text.</param>
/// <param name="Label">The label's name.</param>
public sealed record LabelledText(string Id, string Text, string Label);

/// <summary>Reads the labelled texts of one split of an archive, without cleaning or removing any.</summary>
public sealed class LabelledTexts
{
    private readonly ArchiveFile archive;
    private readonly ArchiveLimits limits;
    private readonly SourceOptions options;
    private readonly SourceLayout layout;

    private LabelledTexts(ArchiveFile archive, ArchiveLimits limits, SourceOptions options, SourceLayout layout, Split split, int count) =>
        (this.archive, this.limits, this.options, this.layout, Split, Count) = (archive, limits, options, layout, split, count);

    public Split Split { get; }

    public int Count { get; }

    public IReadOnlyList<string> Labels => layout.Labels;

    /// <summary>Reads the whole archive once, to validate it and to determine its layout.</summary>
    /// <param name="options">How to read tables.</param>
    /// <param name="splits">Candidates; the first one that the archive has is used.</param>
    /// <exception cref="Core.Foundation.InputRejectedException">The archive is invalid.</exception>
    /// <exception cref="CommandFailedException">None of the splits has labelled texts.</exception>
    public static LabelledTexts Open(Session session, ArchiveFile archive, SourceOptions options, IReadOnlyList<Split> splits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(archive);
        var limits = session.ArchiveLimits;
        var reader = new ArchiveReader(archive, limits, options);
        var groups = new Dictionary<int, int>();
        using var progress = session.Progress($"Reading {archive.Name}", null, bytes => Quantity.Bytes(bytes));
        foreach (var text in reader.Read(cancellationToken))
        {
            groups[text.Group] = groups.GetValueOrDefault(text.Group) + 1;
            progress.Report(reader.BytesRead, reader.TotalBytes > 0 ? reader.TotalBytes : null, "");
        }
        var counts = groups
            .Where(group => reader.Layout.Groups[group.Key]?.Label is not null)
            .GroupBy(group => reader.Layout.Groups[group.Key]!.Split)
            .ToDictionary(part => part.Key, part => part.Sum(group => group.Value));
        foreach (var split in splits)
            if (counts.TryGetValue(split, out var count))
                return new LabelledTexts(archive, limits, options, reader.Layout, split, count);
        throw new CommandFailedException(
            ExitCode.NotFound,
            $"{archive.Name}: expected labelled texts in the split {string.Join(" or ", splits.Select(Name))}, " +
            $"found {string.Join(", ", counts.OrderBy(part => part.Key).Select(part => $"{Name(part.Key)} {part.Value}"))}. Choose one of these with --split.");
    }

    /// <summary>Reads the archive again, in archive order.</summary>
    public IEnumerable<LabelledText> Read(CancellationToken cancellationToken)
    {
        foreach (var text in new ArchiveReader(archive, limits, options).Read(cancellationToken))
            if (layout.Groups[text.Group] is { Label: { } label } group && group.Split == Split)
                yield return new LabelledText(layout.IdOf(text), text.Text, layout.Labels[label]);
    }

    private static string Name(Split split) => split.ToString().ToLowerInvariant();
}
