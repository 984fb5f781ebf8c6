using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Tokenizing;

/// <summary>Compares token ids with those of Hugging Face's tokenizers library and the BERT uncased vocabulary.</summary>
public sealed class ModelTokenizerGoldenTests
{
    private sealed record Tricky(string Text, int[] Ids);

    private static ModelTokenizer Tokenizer() =>
        ModelTokenizer.FromVocabulary(File.ReadAllBytes(SharedFiles.Require("data/bert-base-uncased/vocab.txt")));

    [Fact]
    public void Tricky_texts_get_the_same_ids_as_Hugging_Face()
    {
        var golden = JsonSerializer.Deserialize<Tricky[]>(File.ReadAllBytes(SharedFiles.RequireGolden("tricky-text.json")), JsonSerializerOptions.Web)!;
        var tokenizer = Tokenizer();
        var wrong = golden
            .Select(tricky => (tricky, ids: tokenizer.Encode(tricky.Text)))
            .Where(pair => !pair.ids.SequenceEqual(pair.tricky.Ids))
            .Select(pair => $"{JsonSerializer.Serialize(pair.tricky.Text)}\n  expected {Tokens(pair.tricky.Ids)}\n  found    {Tokens(pair.ids)}")
            .ToArray();
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
        ReportedFigures.Report($"{golden.Length} of {golden.Length} tricky texts match");

        string Tokens(int[] ids) => string.Join(' ', ids.Select(id => tokenizer.Tokens[id]));
    }

    [Slow]
    [Fact]
    public void All_labelled_reviews_get_the_same_ids_as_Hugging_Face()
    {
        var golden = new Dictionary<string, (int Count, string Sha)>(StringComparer.Ordinal);
        using (var lines = new StreamReader(new GZipStream(File.OpenRead(SharedFiles.RequireGolden("tokens-labelled.tsv.gz")), CompressionMode.Decompress)))
            while (lines.ReadLine() is { } line)
                if (line.Split('\t') is [var name, var count, var sha])
                    golden[name] = (int.Parse(count), sha);

        var tokenizer = Tokenizer();
        var wrong = new ConcurrentBag<string>();
        var seen = 0;
        Parallel.ForEach(GoldenReviews.Read().Where(review => golden.ContainsKey(review.Name)), review =>
        {
            Interlocked.Increment(ref seen);
            var found = GoldenReviews.Digest(tokenizer.Encode(review.Text));
            if (golden[review.Name] != found)
                wrong.Add($"{review.Name}: expected {golden[review.Name]}, found {found}");
        });

        Assert.Equal(golden.Count, seen);
        Assert.True(wrong.IsEmpty, $"{wrong.Count} differ: {string.Join('\n', wrong.Take(10))}");
        ReportedFigures.Report($"{seen} of {golden.Count} reviews match");
    }
}
