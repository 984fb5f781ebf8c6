using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Learning.Tests;

/// <summary>A small prepared data set in memory: generated reviews whose label is the product of a judgement and its negation.</summary>
internal sealed class TinyReviews : IPreparedDataset
{
    private static readonly string[] good = ["great", "lovely", "moving", "clever"];
    private static readonly string[] bad = ["awful", "boring", "clumsy", "empty"];
    private static readonly string[] things = ["film", "plot", "cast", "score", "scene", "ending"];

    private readonly byte[] vocabulary;
    private readonly List<PreparedReview> reviews = [];

    public TinyReviews(int train, int unlabelled = 0, int held = 60, string[]? labels = null, int seed = 1)
    {
        labels ??= ["neg", "pos"];
        string[] words = [.. good, .. bad, .. things, "not", "the", "was", "fine", ".", "really"];
        vocabulary = Vocabulary.Write([.. Vocabulary.SpecialPieces, .. words]);
        var tokenizer = WordPieceTokenizer.Create(vocabulary);
        var random = new Random(seed);
        foreach (var (split, count) in ((Split, int)[])[(Split.Train, train), (Split.Unsup, unlabelled), (Split.Validation, held), (Split.Test, held)])
        {
            for (var i = 0; i < count; i++)
            {
                var label = random.Next(labels.Length);
                var text = Text(random, label);
                reviews.Add(new PreparedReview($"{split}/{i}", text, split == Split.Unsup ? null : label, null, $"movie {i % 50}", split, tokenizer.Encode(text)));
            }
        }

        Manifest = new DatasetManifest
        {
            Dataset = "tiny",
            Version = "0123456789abcdef",
            Archive = new SourceArchive("tiny.tar.gz", 1, new string('0', 64)),
            Settings = new PreparationSettings(),
            Labels = labels,
            Vocabulary = new DatasetFile("vocab.txt", vocabulary.Length, Convert.ToHexStringLower(SHA256.HashData(vocabulary))),
            Shards = [.. reviews.GroupBy(r => r.Split).Select(g => new DatasetShard($"{g.Key}.parquet", g.Key, g.Count(), 1, new string('0', 64)))],
            Report = new DataReport
            {
                Read = reviews.Count,
                Kept = new Dictionary<Split, IReadOnlyDictionary<string, int>>(),
                Duplicates = new Dictionary<Split, int>(),
                Leaks = 0,
                Contradictions = 0,
                Movies = new Dictionary<Split, int>(),
                Lengths = new Dictionary<string, int>(),
                TruncatedAt512 = 0,
                Ignored = 0,
            },
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
    }

    public DatasetManifest Manifest { get; }

    public IReadOnlyList<PreparedReview> Reviews => reviews;

    public Task<byte[]> ReadVocabularyAsync(CancellationToken cancellationToken) => Task.FromResult(vocabulary);

    public async IAsyncEnumerable<PreparedReview> ReadAsync(Split split, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var review in reviews.Where(r => r.Split == split))
        {
            await Task.CompletedTask;
            yield return review;
        }
    }

    private static string Text(Random random, int label)
    {
        var sentences = Enumerable.Range(0, random.Next(1, 6)).Select(_ =>
        {
            var negated = random.Next(3) == 0;
            // Labels beyond two say fine.
            var judgement = label > 1 ? "fine" : Pick(random, (label == 1) ^ negated ? good : bad);
            return $"the {Pick(random, things)} was {(negated ? "not " : "really ")}{judgement} .";
        });
        return string.Join(' ', sentences);
    }

    private static string Pick(Random random, string[] words) => words[random.Next(words.Length)];
}
