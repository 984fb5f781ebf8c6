using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Turns an archive into a dataset version: verifies, cleans, selects, splits and tokenizes its texts.</summary>
/// <remarks>Equal archives and settings give equal datasets.</remarks>
public sealed class DatasetPreparation(TimeProvider timeProvider, ArchiveLimits? limits = null)
{
    private const int MaxShardRows = 2_500;
    private const int MaxShardBytes = 16 << 20;

    // A shard in flight takes about 60 MB: more would be faster on many cores, but memory must stay bounded.
    private const int MaxShardsInFlight = 3;

    // Independent of the number of cores, because the counts depend on the parts once the memory limit is reached.
    private const int CountingParts = 4;
    private const int MaxWords = 4_000_000;
    private const int ReviewsPerReport = 1000;

    private readonly ArchiveLimits limits = limits ?? ArchiveLimits.Default;

    /// <param name="vocabulary">Content of a <c>vocab.txt</c>; null to build a vocabulary from the training texts.</param>
    /// <returns>The manifest of the version, committed by this or an earlier call.</returns>
    /// <exception cref="InputRejectedException">The archive, a setting or the vocabulary is invalid.</exception>
    public Task<DatasetManifest> PrepareAsync(
        ArchiveFile archive, IDatasetSink sink, PreparationSettings settings, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken,
        byte[]? vocabulary = null)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(sink);
        settings = Check(settings, vocabulary);
        // CPU-bound work stays off the caller's thread.
        return Task.Run(() => RunAsync(archive, sink, settings, vocabulary, progress, cancellationToken), cancellationToken);
    }

    /// <summary>Reports what the archive contains without writing anything.</summary>
    /// <inheritdoc cref="PrepareAsync" path="/exception"/>
    public async Task<DataReport> InspectAsync(
        ArchiveFile archive, PreparationSettings settings, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archive);
        settings = Check(settings, null);
        var manifest = await Task.Run(() => RunAsync(archive, null, settings, null, progress, cancellationToken), cancellationToken);
        return manifest.Report;
    }

    private async Task<DatasetManifest> RunAsync(
        ArchiveFile archive, IDatasetSink? sink, PreparationSettings settings, byte[]? vocabulary, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        using var collection = TextCollection.Read(archive, limits, settings, progress, cancellationToken);
        var (dataset, version) = (ArchiveFile.DatasetOf(archive.Name), Version(collection.Archive.Sha256, settings));
        TextSelection.Decide(collection.Texts);
        var basis = ValidationSplit.Assign(collection.Texts, settings);
        TextSelection.RemoveUnsupLeaks(collection.Texts);
        RequireTwoLabels(archive, collection);

        if (sink is not null)
        {
            (dataset, var committed) = await sink.BeginAsync(dataset, version, archive.Name, cancellationToken);
            if (committed is not null)
                return committed;
        }

        vocabulary ??= BuildVocabulary(collection, settings, progress, cancellationToken);
        if (sink is not null)
            await sink.WriteAsync(Vocabulary.FileName, vocabulary, cancellationToken);
        var tokenizer = ModelTokenizer.FromVocabulary(vocabulary);
        var report = new ReportBuilder(collection, tokenizer, basis, settings);
        var shards = await WriteShardsAsync(collection, tokenizer, report, sink, progress, cancellationToken);

        var manifest = new DatasetManifest
        {
            Dataset = dataset,
            Version = version,
            Archive = collection.Archive,
            Settings = settings,
            Labels = collection.Labels,
            Vocabulary = new DatasetFile(Vocabulary.FileName, vocabulary.Length, DatasetFiles.Sha256(vocabulary)),
            Shards = shards,
            Report = report.Build(),
            CreatedAt = timeProvider.GetUtcNow(),
        };
        return sink is null ? manifest : await sink.CommitAsync(manifest, cancellationToken);
    }

    private static string Version(string archiveSha256, PreparationSettings settings)
    {
        var canonical = archiveSha256 + "\n" + JsonSerializer.Serialize(settings, PipelineJson.Line);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))[..16];
    }

    private static PreparationSettings Check(PreparationSettings settings, byte[]? vocabulary)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        return settings with { VocabularySha256 = vocabulary is null ? null : DatasetFiles.Sha256(vocabulary) };
    }

    private static void RequireTwoLabels(ArchiveFile archive, TextCollection collection)
    {
        var labels = collection.Texts.Where(review => review is { Split: Split.Train, Outcome: TextOutcome.Kept }).Select(review => review.Label).Distinct().Count();
        if (labels < 2)
            throw archive.Reject(
                ErrorRules.LabelsTooFew, "training texts with at least two labels",
                $"{labels} after removing empty, duplicate, contradictory and leaked texts", "Add more distinct texts.");
    }

    private static byte[] BuildVocabulary(
        TextCollection collection, PreparationSettings settings, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        var allowed = collection.Texts.Where(review => review is { Outcome: TextOutcome.Kept, Split: Split.Train or Split.Unsup }).ToList();
        var parts = new WordCounts[CountingParts];
        var done = 0;
        Parallel.For(0, parts.Length, new ParallelOptions { CancellationToken = cancellationToken }, part =>
        {
            var words = parts[part] = new WordCounts(MaxWords / CountingParts);
            for (var i = (long)allowed.Count * part / CountingParts; i < (long)allowed.Count * (part + 1) / CountingParts; i++)
            {
                words.Add(collection.Text(allowed[(int)i]));
                if (Interlocked.Increment(ref done) % ReviewsPerReport != 0)
                    continue;
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(new PreparationProgress(PreparationPhase.Vocabulary, done, allowed.Count));
            }
        });
        var all = new WordCounts(MaxWords);
        foreach (var part in parts)
            all.Add(part);
        return Vocabulary.Write(VocabularyBuilder.Build(all, settings.VocabularySize, cancellationToken));
    }

    private static async Task<IReadOnlyList<DatasetShard>> WriteShardsAsync(
        TextCollection collection, ModelTokenizer tokenizer, ReportBuilder report, IDatasetSink? sink, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        var kept = collection.Texts.Where(review => review.Outcome == TextOutcome.Kept).ToList();
        var cut = Enum.GetValues<Split>()
            .SelectMany(split => Cut(kept.Where(review => review.Split == split)).Select((reviews, index) => (Split: split, Index: index, Reviews: reviews))).ToList();
        var shards = new DatasetShard[cut.Count];
        var done = 0;
        var maxBuilds = Math.Min(Environment.ProcessorCount, MaxShardsInFlight);
        using var buildSlots = new SemaphoreSlim(maxBuilds);
        // Some shards are built while others are uploaded.
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 2 * maxBuilds, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, cut.Count, parallel, async (place, token) =>
        {
            var (split, index, reviews) = cut[place];
            await buildSlots.WaitAsync(token);
            ReadOnlyMemory<byte> bytes;
            try
            {
                bytes = await MakeAsync(collection, tokenizer, report, reviews, isKept: sink is not null, token);
            }
            finally
            {
                buildSlots.Release();
            }
            if (sink is not null)
                shards[place] = await WriteAsync(sink, split, index, reviews.Count, bytes, token);
            progress?.Report(new PreparationProgress(PreparationPhase.Writing, Interlocked.Add(ref done, reviews.Count), kept.Count));
        });
        return sink is null ? [] : shards;
    }

    private static PreparedText Row(TextCollection collection, ModelTokenizer tokenizer, CollectedText review)
    {
        var text = collection.Text(review);
        return new PreparedText(collection.Id(review), text, review.Label, review.Rating, review.Movie, review.Split, tokenizer.Encode(text));
    }

    private static IEnumerable<List<CollectedText>> Cut(IEnumerable<CollectedText> reviews)
    {
        var shard = new List<CollectedText>();
        var bytes = 0L;
        foreach (var review in reviews)
        {
            if (shard.Count == MaxShardRows || (shard.Count > 0 && bytes + review.Length > MaxShardBytes))
            {
                yield return shard;
                (shard, bytes) = ([], 0);
            }
            shard.Add(review);
            bytes += review.Length;
        }
        if (shard.Count > 0)
            yield return shard;
    }

    /// <returns>The shard file; empty if it is not kept.</returns>
    private static async Task<ReadOnlyMemory<byte>> MakeAsync(
        TextCollection collection, ModelTokenizer tokenizer, ReportBuilder report, List<CollectedText> reviews, bool isKept, CancellationToken cancellationToken)
    {
        var rows = reviews.ConvertAll(review => Row(collection, tokenizer, review));
        report.Add(rows);
        return isKept ? await ParquetShard.WriteAsync(rows, cancellationToken) : ReadOnlyMemory<byte>.Empty;
    }

    private static async Task<DatasetShard> WriteAsync(
        IDatasetSink sink, Split split, int index, int rows, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var sha256 = DatasetFiles.Sha256(bytes.Span);
        // The hash in the name keeps writers of different content apart.
        var path = StorageLayout.DatasetShard(split.ToString().ToLowerInvariant(), index, sha256);
        await sink.WriteAsync(path, bytes, cancellationToken);
        return new DatasetShard(path, split, rows, bytes.Length, sha256);
    }
}
