using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tables;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Core.Preparing;

/// <summary>All cleaned texts of an archive, in a reproducible order: contents on disk, everything else in memory.</summary>
internal sealed class TextCollection : IDisposable
{
    private const int ReviewsPerReport = 500;

    private readonly TextSpool spool;
    private readonly TextIds ids;

    public List<CollectedText> Texts { get; }

    public IReadOnlyList<string> Labels { get; private set; } = [];

    public required SourceArchive Archive { get; init; }

    /// <summary>Number of files that are not texts.</summary>
    public int Ignored { get; private set; }

    public SourceLayout Layout { get; }

    /// <exception cref="InputRejectedException">The archive is invalid; the rule says why.</exception>
    public static TextCollection Read(
        ArchiveFile archive, ArchiveLimits limits, PreparationSettings settings, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        var reader = new ArchiveReader(
            archive, limits, new SourceOptions { Columns = new ColumnChoice(settings.TextColumn, settings.LabelColumn, settings.IdColumn), MaxUnreadable = settings.MaxUnreadableRows });
        var collected = new List<CollectedText>();
        var ids = new TextIds();
        var spool = new TextSpool();
        try
        {
            var movies = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var raw in ReadAhead.Of(reader.Read(cancellationToken)))
            {
                var (offset, text) = spool.Append(settings.StripMarkup ? TextCleaner.Clean(raw.Text) : raw.Text);
                var blank = text.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0;
                var review = new CollectedText(raw, raw.Id is null ? null : ids.Add(raw.Id), offset, blank ? 0 : text.Length, Hash(text.Span));
                // Movies share one string instance.
                if (review.Movie is { } movie)
                    review.Movie = movies.TryGetValue(movie, out var same) ? same : movies[movie] = movie;
                collected.Add(review);
                if (collected.Count % ReviewsPerReport == 0)
                    progress?.Report(new PreparationProgress(PreparationPhase.Reading, reader.BytesRead, reader.TotalBytes));
            }
            spool.Finish();
            return new TextCollection(spool, ids, collected, reader) { Archive = new SourceArchive(archive.Name, reader.TotalBytes, reader.Sha256) };
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    private TextCollection(TextSpool spool, TextIds ids, List<CollectedText> collected, ArchiveReader reader)
    {
        (this.spool, this.ids, Texts) = (spool, ids, collected);
        var layout = Layout = reader.Layout;
        Labels = layout.Labels;
        Ignored = layout.Ignored;
        var prefix = Encoding.UTF8.GetBytes(layout.IdPrefix);
        Ignored += Texts.RemoveAll(review => layout.Groups[review.Group] is null);
        foreach (var review in Texts)
        {
            var group = layout.Groups[review.Group]!;
            review.Id = layout.IsNumbered(review.Group, review.Id is not null) ? ids.Add(layout.NumberedId(review.Group, review.Number ?? 0)) : ids.Without(review.Id!.Value, prefix);
            review.Split = group.Split;
            review.Label = group.Label;
            if (group.Movies is { } movies && review.Number is { } number)
                review.Movie = movies[number];
        }
        if (layout.SortById)
            Texts.Sort((one, other) => ids.Compare(one.Id!.Value, other.Id!.Value));
    }

    public string Id(CollectedText review) => ids.Text(review.Id!.Value);

    public string Text(CollectedText review) => spool.Read(review.Offset, review.Length);

    public void Dispose() => spool.Dispose();

    private static UInt128 Hash(ReadOnlySpan<byte> text)
    {
        Span<byte> sha = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, sha);
        return BinaryPrimitives.ReadUInt128BigEndian(sha);
    }
}
