using System.Security.Cryptography;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Scoring;

namespace ImdbPipeline.Learning.Training;

/// <summary>The reviews of a data set as token ids of a model's vocabulary: the stored ones where the vocabularies are the same, else made anew.</summary>
public sealed class TokenSource
{
    private readonly IPreparedDataset dataset;
    private readonly ReviewTokenizer? tokenizer;
    private readonly IProgress<TrainingProgress>? progress;
    private readonly long total;
    private long done;

    /// <param name="vocabulary">The model's vocab.txt.</param>
    public TokenSource(IPreparedDataset dataset, byte[] vocabulary, IProgress<TrainingProgress>? progress)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        this.dataset = dataset;
        this.progress = progress;
        total = dataset.Manifest.Shards.Sum(shard => (long)shard.Rows);
        var same = Convert.ToHexStringLower(SHA256.HashData(vocabulary)) == dataset.Manifest.Vocabulary.Sha256;
        // Stored texts are cleaned already.
        tokenizer = same ? null : new ReviewTokenizer(vocabulary, stripMarkup: false);
    }

    /// <summary>The labelled reviews of a split, in the data set's order.</summary>
    public async Task<LabelledTokens> LabelledAsync(Split split, Func<int[], int[]> cut, CancellationToken cancellationToken)
    {
        List<int[]> rows = [];
        List<int> labels = [];
        List<string?> movies = [];
        await foreach (var review in ReadAsync(split, cancellationToken))
        {
            if (review.Label is not { } label)
                continue;
            if (label < 0 || label >= dataset.Manifest.Labels.Count)
                throw new InvalidDataException($"{review.Id}: expected a label from 0 to {dataset.Manifest.Labels.Count - 1}, found {label}. Ingest the archive again.");
            rows.Add(cut(review.TokenIds));
            labels.Add(label);
            movies.Add(review.Movie);
        }

        return new LabelledTokens(rows, labels, movies);
    }

    /// <summary>The reviews without a label.</summary>
    public async Task<IReadOnlyList<int[]>> UnlabelledAsync(CancellationToken cancellationToken)
    {
        List<int[]> rows = [];
        await foreach (var review in ReadAsync(Split.Unsup, cancellationToken))
            rows.Add(review.TokenIds);
        return rows;
    }

    /// <exception cref="InputRejectedException">There is nothing to learn from.</exception>
    public static void RefuseEmpty(LabelledTokens train, DatasetManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(manifest);
        if (train.Labels.Distinct().Count() < 2)
            throw new InputRejectedException(
                "dataset-unlearnable", $"data set {manifest.Dataset}/{manifest.Version}", "training reviews of at least two labels",
                $"{train.Labels.Count} reviews of {train.Labels.Distinct().Count()} labels", "Upload an archive with labelled reviews of several kinds.");
    }

    private async IAsyncEnumerable<PreparedReview> ReadAsync(
        Split split, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int Reporting = 512;
        await foreach (var review in dataset.ReadAsync(split, cancellationToken))
        {
            if (++done % Reporting == 0 || done == total)
                progress?.Report(new TrainingProgress(TrainingStage.Reading, done, total));
            yield return tokenizer is null ? review : review with { TokenIds = tokenizer.Encode(review.Text) };
        }
    }
}
