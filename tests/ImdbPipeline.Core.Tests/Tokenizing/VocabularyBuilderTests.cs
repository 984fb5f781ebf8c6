using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Core.Tests.Tokenizing;

public sealed class VocabularyBuilderTests
{
    private static WordCounts Count(params string[] texts)
    {
        var words = new WordCounts();
        foreach (var text in texts)
            words.Add(text);
        return words;
    }

    private static IReadOnlyList<string> Build(WordCounts words, int size) => VocabularyBuilder.Build(words, size, TestContext.Current.CancellationToken);

    [Fact]
    public void Special_tokens_come_first_then_characters_then_merges()
    {
        var tokens = Build(Count("Hug hug HUG pug pug bun"), 100);
        Assert.Equal(
            ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "##g", "##n", "##u", "b", "h", "p", "##ug", "hug", "pug"], tokens);
    }

    [Fact]
    public void Equal_texts_in_any_order_give_equal_vocabularies()
    {
        string[] texts = [.. Enumerable.Range(0, 300).Select(i => $"word{i % 37} some{i % 11}thing else{i * 7 % 13}, and café no. {i}")];
        var one = Build(Count(texts), 150);
        Assert.Equal(one, Build(Count([.. texts.Reverse()]), 150));
        Assert.Equal(150, one.Count);
        Assert.Equal(one.Count, one.Distinct().Count());
    }

    [Fact]
    public void Every_counted_text_is_encoded_without_unknown_tokens()
    {
        string[] texts = ["The film's 3rd act -- naïve, 👍🏽 and 中文 -- drags.", "the films of the 30s"];
        var tokenizer = ModelTokenizer.FromVocabulary(Vocabulary.Write(Build(Count(texts), 500)));
        Assert.All(texts, text => Assert.DoesNotContain(tokenizer.UnknownId, tokenizer.Encode(text)));
    }

    [Fact]
    public void Word_counts_stay_within_the_limit_and_keep_frequent_words()
    {
        var words = new WordCounts(maxWords: 100);
        for (var i = 0; i < 5000; i++)
            words.Add($"common unique{i}");
        Assert.InRange(words.Count, 1, 100);
        Assert.Contains(("common", 5000), words.All());
    }
}
