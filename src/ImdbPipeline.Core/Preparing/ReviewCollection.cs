using System.Buffers.Binary;
using System.Security.Cryptography;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Every review of an archive, cleaned: texts on disk, everything else in memory, in an order that does not depend on the archive's.</summary>
internal sealed class ReviewCollection : IDisposable
{
    private const int ReviewsPerReport = 500;

    private readonly TextSpool spool;

    public List<CollectedReview> Reviews { get; } = [];

    public IReadOnlyList<string> Labels { get; private set; } = [];

    public required SourceArchive Archive { get; init; }

    /// <summary>Files that are no reviews.</summary>
    public int Ignored { get; private set; }

    /// <exception cref="InputRejectedException">Something is wrong with the archive; see its rule.</exception>
    public static ReviewCollection Read(
        ArchiveFile archive, ArchiveLimits limits, PreparationSettings settings, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        var reader = new ReviewReader(archive, limits);
        var collected = new List<CollectedReview>();
        var spool = new TextSpool();
        try
        {
            var movies = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var raw in reader.Read(cancellationToken))
            {
                var (offset, text) = spool.Append(settings.StripMarkup ? ReviewCleaner.Clean(raw.Text) : raw.Text);
                var blank = text.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0;
                var review = new CollectedReview(raw, offset, blank ? 0 : text.Length, Hash(text.Span));
                // One string a movie, however often it is named.
                if (review.Movie is { } movie)
                    review.Movie = movies.TryGetValue(movie, out var same) ? same : movies[movie] = movie;
                collected.Add(review);
                if (collected.Count % ReviewsPerReport == 0)
                    progress?.Report(new PreparationProgress(PreparationStage.Reading, reader.BytesRead, reader.TotalBytes));
            }
            spool.Finish();
            return new ReviewCollection(spool, collected, reader) { Archive = new SourceArchive(archive.Name, reader.TotalBytes, reader.Sha256) };
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    private ReviewCollection(TextSpool spool, List<CollectedReview> collected, ReviewReader reader)
    {
        this.spool = spool;
        var layout = reader.Layout;
        Labels = layout.Labels;
        Ignored = layout.Ignored;
        foreach (var review in collected)
        {
            if (layout.Groups[review.Group] is not { } group)
            {
                Ignored++;
                continue;
            }
            review.Id = review.Id.StartsWith(layout.IdPrefix, StringComparison.Ordinal) ? review.Id[layout.IdPrefix.Length..] : review.Id;
            review.Split = group.Split;
            review.Label = group.Label;
            if (group.Movies is { } movies && review.Number is { } number)
                review.Movie = movies[number];
            Reviews.Add(review);
        }
        if (layout.SortById)
            Reviews.Sort((one, other) => string.CompareOrdinal(one.Id, other.Id));
    }

    public string Text(CollectedReview review) => spool.Read(review.Offset, review.Length);

    public void Dispose() => spool.Dispose();

    private static UInt128 Hash(ReadOnlySpan<byte> text)
    {
        Span<byte> sha = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, sha);
        return BinaryPrimitives.ReadUInt128BigEndian(sha);
    }
}
