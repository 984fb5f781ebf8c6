using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Core.Tests.Tokenizing;

public sealed class VocabularyTests
{
    [Theory]
    [InlineData("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n")]
    [InlineData("[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\n[MASK]\r\na")]
    public void Line_endings_do_not_matter(string file)
    {
        var tokens = Vocabulary.Read(System.Text.Encoding.UTF8.GetBytes(file), "vocab.txt");
        Assert.Equal([.. Vocabulary.SpecialTokens, "a"], tokens);
    }

    [Theory]
    [InlineData("[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n", "no [MASK]")]
    [InlineData("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\na\n", "'a' on lines 6 and 7")]
    [InlineData("", "no [PAD]")]
    public void Invalid_vocabularies_are_rejected(string file, string found)
    {
        var e = Assert.Throws<InputRejectedException>(() => ModelTokenizer.FromVocabulary(System.Text.Encoding.UTF8.GetBytes(file)));
        Assert.Equal("vocabulary-invalid", e.Rule);
        Assert.Contains(found, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Vocabularies_that_are_not_UTF8_are_rejected() =>
        Assert.Throws<InputRejectedException>(() => ModelTokenizer.FromVocabulary([0xFF, 0xFE, 0]));
}
