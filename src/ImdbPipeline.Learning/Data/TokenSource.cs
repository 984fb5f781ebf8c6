using System.Security.Cryptography;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Foundation;

namespace ImdbPipeline.Learning.Data;

/// <summary>Reads a dataset as token IDs of a model's tokenizer; texts are re-tokenized only if the dataset was tokenized otherwise.</summary>
public sealed class TokenSource
{
    private readonly IPreparedDataset dataset;
    private readonly ModelTokenizer? tokenizer;
    private readonly IProgress<TrainingProgress>? progress;
    private readonly long total;
    private long done;

    public TokenSource(IPreparedDataset dataset, ModelTokenizer tokenizer, IProgress<TrainingProgress>? progress)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(tokenizer);
        this.dataset = dataset;
        this.progress = progress;
        total = dataset.Manifest.Shards.Sum(shard => (long)shard.Rows);
        var isTokenized = tokenizer.UncasedVocabulary() is { } vocabulary && Convert.ToHexStringLower(SHA256.HashData(vocabulary)) == dataset.Manifest.Vocabulary.Sha256;
        // Stored texts are already cleaned.
        this.tokenizer = isTokenized ? null : tokenizer;
    }

    /// <summary>Reads the labelled texts of a split, in dataset order.</summary>
    public async Task<LabelledTokens> LabelledAsync(Split split, Func<int[], int[]> cut, CancellationToken cancellationToken)
    {
        List<int[]> rows = [];
        List<int> labels = [];
        List<string?> movies = [];
        List<ulong> hashes = [];
        await foreach (var text in ReadAsync(split, cancellationToken))
        {
            if (text.Label is not { } label)
                continue;
            if (label < 0 || label >= dataset.Manifest.Labels.Count)
                throw new InvalidDataException($"{text.Id}: expected a label from 0 to {dataset.Manifest.Labels.Count - 1}, found {label}. Upload the archive again.");
            rows.Add(cut(text.TokenIds));
            labels.Add(label);
            movies.Add(text.Movie);
            // Only the validation split is divided by them.
            if (split == Split.Validation)
                hashes.Add(Seeds.Of(0, text.Text));
        }

        return new LabelledTokens(rows, labels, movies) { Hashes = hashes };
    }

    /// <summary>Reads the unlabelled texts.</summary>
    /// <param name="max">If there are many more, about this many are chosen by a hash of the text.</param>
    public async Task<IReadOnlyList<int[]>> UnlabelledAsync(Func<int[], int[]> cut, int max, CancellationToken cancellationToken)
    {
        List<int[]> rows = [];
        var all = dataset.Manifest.Shards.Where(shard => shard.Split == Split.Unsup).Sum(shard => shard.Rows);
        await foreach (var text in ReadAsync(Split.Unsup, cancellationToken))
            if (all <= max || Seeds.Of(0, text.Text) % (ulong)all < (ulong)max)
                rows.Add(cut(text.TokenIds));
        return rows;
    }

    /// <exception cref="InputRejectedException">The training texts have fewer than two labels.</exception>
    public static void RequireTwoLabels(LabelledTokens train, DatasetManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(manifest);
        if (train.Labels.Distinct().Count() < 2)
            throw new InputRejectedException(
                ErrorRules.DatasetUnlearnable, $"dataset {manifest.Dataset}/{manifest.Version}", "training texts with at least two labels",
                $"{train.Labels.Count} texts with {train.Labels.Distinct().Count()} labels", "Upload an archive with texts of at least two labels.");
    }

    private async IAsyncEnumerable<PreparedText> ReadAsync(
        Split split, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int ReportInterval = 512;
        await foreach (var text in dataset.ReadAsync(split, cancellationToken))
        {
            if (++done % ReportInterval == 0 || done == total)
                progress?.Report(new TrainingProgress(TrainingPhase.Reading, done, total));
            yield return tokenizer is null ? text : text with { TokenIds = tokenizer.Encode(text.Text) };
        }
    }
}
