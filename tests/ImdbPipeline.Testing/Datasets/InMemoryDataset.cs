using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Testing.Datasets;

/// <summary>A prepared dataset in memory.</summary>
/// <param name="words">Vocabulary entries after the special tokens.</param>
/// <param name="texts">Texts with labels; the unlabelled split ignores the label.</param>
public class InMemoryDataset(string name, string[] labels, string[] words, IEnumerable<(Split Split, string Text, int Label)> texts) : IPreparedDataset
{
    private readonly byte[] vocabulary = Vocabulary.Write([.. Vocabulary.SpecialTokens, .. words]);
    private DatasetManifest? manifest;
    private List<PreparedText>? reviews;

    public DatasetManifest Manifest => manifest ??= new DatasetManifest
    {
        Dataset = name,
        Version = "0123456789abcdef",
        Archive = new SourceArchive($"{name}.tar.gz", 1, new string('0', 64)),
        Settings = new PreparationSettings(),
        Labels = labels,
        Vocabulary = new DatasetFile("vocab.txt", vocabulary.Length, Convert.ToHexStringLower(SHA256.HashData(vocabulary))),
        Shards = [.. Texts.GroupBy(r => r.Split).Select(g => new DatasetShard($"{g.Key}.parquet", g.Key, g.Count(), 1, new string('0', 64)))],
        Report = new DataReport
        {
            Read = Texts.Count,
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

    public IReadOnlyList<PreparedText> Texts => reviews ??= Prepare();

    public Task<byte[]> ReadVocabularyAsync(CancellationToken cancellationToken) => Task.FromResult(vocabulary);

    public async IAsyncEnumerable<PreparedText> ReadAsync(Split split, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var review in Texts.Where(r => r.Split == split))
        {
            await Task.CompletedTask;
            yield return review;
        }
    }

    private List<PreparedText> Prepare()
    {
        var tokenizer = ModelTokenizer.FromVocabulary(vocabulary);
        return
        [
            .. from text in texts
               group text by text.Split into split
               from review in split.Select((text, i) => new PreparedText(
                   $"{split.Key}/{i}", text.Text, split.Key == Split.Unsup ? null : text.Label, null, $"movie {i % 50}", split.Key, tokenizer.Encode(text.Text)))
               select review,
        ];
    }
}
