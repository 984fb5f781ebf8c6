using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Tokenizing;

/// <summary>Compares token ids with those of Hugging Face's tokenizers library for the tokenizer.json files of the golden sets.</summary>
public sealed class TokenizerJsonGoldenTests
{
    private sealed record Golden(TextIds[] Texts, ReviewIds[] Reviews);

    private sealed record TextIds(string Text, int[] Ids);

    private sealed record ReviewIds(string Name, int Count, string Sha);

    private static readonly Lazy<Dictionary<string, string>> reviews = new(ReadReviews);

    public static IEnumerable<TheoryDataRow<string>> WordPieceSets() => Sets(isWordPiece: true);

    public static IEnumerable<TheoryDataRow<string>> OtherSets() => Sets(isWordPiece: false);

    [Theory]
    [MemberData(nameof(WordPieceSets))]
    public void A_word_piece_tokenizer_gives_the_same_ids_as_Hugging_Face(string set)
    {
        var tokenizer = TokenizerJson.Parse(ReadJson(set), set).Tokenizer;
        var golden = ReadGolden(set);

        var wrong = golden.Texts
            .Select(text => (text, ids: tokenizer.Encode(text.Text)))
            .Where(pair => !pair.ids.SequenceEqual(pair.text.Ids))
            .Select(pair => $"{JsonSerializer.Serialize(pair.text.Text)}\n  expected {Tokens(pair.text.Ids)}\n  found    {Tokens(pair.ids)}")
            .ToArray();
        Assert.True(wrong.Length == 0, $"{wrong.Length} of {golden.Texts.Length} differ:\n{string.Join('\n', wrong.Take(20))}");
        ReportedFigures.Report($"{golden.Texts.Length} of {golden.Texts.Length} texts match");

        string Tokens(int[] ids) => string.Join(' ', ids.Select(id => $"{tokenizer.Tokens[id]}"));
    }

    [Slow]
    [Theory]
    [MemberData(nameof(WordPieceSets))]
    public void A_word_piece_tokenizer_gives_the_same_ids_for_reviews_as_Hugging_Face(string set)
    {
        SharedFiles.Require("data/imdb/aclImdb_v1.tar.gz");
        var tokenizer = TokenizerJson.Parse(ReadJson(set), set).Tokenizer;

        var wrong = ReadGolden(set).Reviews.Where(review => GoldenReviews.Digest(tokenizer.Encode(reviews.Value[review.Name])) != (review.Count, review.Sha)).Select(review => review.Name).ToArray();

        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(OtherSets))]
    public void A_tokenizer_of_another_kind_is_refused_by_the_name_of_the_part(string set)
    {
        var e = Assert.Throws<InputRejectedException>(() => TokenizerJson.Parse(ReadJson(set), set));

        Assert.Equal("tokenizer-unsupported", e.Rule);
    }

    private static IEnumerable<TheoryDataRow<string>> Sets(bool isWordPiece)
    {
        var root = SharedFiles.FindFamilies("tokenizers");
        if (root is null)
            return [new TheoryDataRow<string>("tokenizers") { Skip = SharedFiles.FamiliesMissing("tokenizers") }];
        return Directory.GetDirectories(root).Order(StringComparer.Ordinal)
            .Where(set => IsWordPiece(JsonNode.Parse(ReadJson(set))!["model"]!) == isWordPiece)
            .Select(set => new TheoryDataRow<string>(set));
    }

    private static bool IsWordPiece(JsonNode model) => (string?)model["type"] == "WordPiece" || (model["type"] is null && model["max_input_chars_per_word"] is not null);

    private static byte[] ReadJson(string set) => ReadFile(Path.Combine(set, "tokenizer.json"));

    private static Golden ReadGolden(string set) => JsonSerializer.Deserialize<Golden>(ReadFile(Path.Combine(set, "expected.json")), JsonSerializerOptions.Web)!;

    /// <summary>Reads a file that may be compressed.</summary>
    private static byte[] ReadFile(string path)
    {
        if (File.Exists(path))
            return File.ReadAllBytes(path);
        using var content = new MemoryStream();
        using var gzip = new GZipStream(File.OpenRead($"{path}.gz"), CompressionMode.Decompress);
        gzip.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>The reviews that any of the sets names.</summary>
    private static Dictionary<string, string> ReadReviews()
    {
        var names = WordPieceSets().SelectMany(row => ReadGolden(row.Data).Reviews).Select(review => review.Name).ToHashSet();
        return GoldenReviews.Read().Where(review => names.Contains(review.Name)).Take(names.Count).ToDictionary(review => review.Name, review => review.Text);
    }
}
