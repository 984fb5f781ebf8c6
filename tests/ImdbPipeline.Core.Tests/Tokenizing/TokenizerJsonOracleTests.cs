using System.Text;
using System.Text.Json;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Testing;
using HuggingFaceTokenizer = Tokenizers.DotNet.Tokenizer;

namespace ImdbPipeline.Core.Tests.Tokenizing;

/// <summary>Compares token ids with those of Hugging Face's tokenizers library, which is called here, for random texts.</summary>
public sealed class TokenizerJsonOracleTests
{
    private const int TextCount = 3000;

    private static readonly string[] vocabulary =
    [
        .. Vocabulary.SpecialTokens, "a", "b", "z", "Z", "film", "##s", "##ing", "ing", "un", "##bel", "##ieva", "##bly", "1984", "x", "##y", "0", "##a", "##b", "w", "##w", "!", "'", "-", "_",
        "<", ">", "/", "=", "\"", "br", "i", "p", "k", "ss", "中", "文", "中文", "—", "é", "e", "##é", "##e", "##k", "##z", "q", "##q", "😀", "##😀", "한", "국", "h", "##1", "##7", "sigh",
    ];

    public static TheoryData<bool, bool?, bool> Settings { get; } = new() { { true, null, true }, { false, null, true }, { false, true, true }, { true, false, false } };

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_written_file_gives_the_same_ids_there_as_here(bool lowercase, bool? stripAccents, bool handleChineseChars)
    {
        var json = TokenizerJson.FromVocabulary(vocabulary, new BertSettings { Lowercase = lowercase, StripAccents = stripAccents, HandleChineseChars = handleChineseChars }, "vocab.txt");
        AssertSameIds(json, removeMarkup: false, text => json.Tokenizer.Encode(text), Texts(HostileText.Write));
    }

    [Fact]
    public void A_file_of_a_model_that_was_trained_without_markup_removes_it_there_as_here()
    {
        var json = TokenizerJson.FromVocabulary(vocabulary, new BertSettings(), "vocab.txt");
        AssertSameIds(json, removeMarkup: true, text => json.Tokenizer.Encode(TextCleaner.Clean(text)), Texts(HostileText.WriteMarkup));
    }

    [Slow]
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_character_splits_or_joins_a_word_there_as_here(bool lowercase)
    {
        var json = TokenizerJson.FromVocabulary([.. Vocabulary.SpecialTokens, "a", "##a"], new BertSettings { Lowercase = lowercase }, "vocab.txt");
        var characters = Enumerable.Range(0, 0x20000).Where(Rune.IsValid).Select(code => new Rune(code)).GetEnumerator();

        AssertSameIds(json, removeMarkup: false, text => json.Tokenizer.Encode(text), _ => characters.MoveNext() ? $"a{characters.Current}a" : null);
    }

    private static void AssertSameIds(TokenizerJson json, bool removeMarkup, Func<string, int[]> encode, Func<Random, string?> write)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.Is64BitProcess, "Hugging Face's library is only restored for 64-bit Linux.");
        using var folder = new TemporaryFolder();
        var theirs = new HuggingFaceTokenizer(folder.Write("tokenizer.json", json.Write(removeMarkup, maxLength: 512, cutStart: false)));
        var random = new Random(11);
        while (write(random) is { } written)
        {
            // Their library takes no lone surrogates, which are enumerated as the replacement character.
            var text = string.Concat(written.EnumerateRunes().Where(rune => rune != Rune.ReplacementChar));
            var (expected, found) = (Array.ConvertAll(theirs.Encode(text), id => (int)id), encode(text));
            Assert.True(expected.AsSpan().SequenceEqual(found), $"{JsonSerializer.Serialize(text)}: expected {string.Join(' ', expected)}, found {string.Join(' ', found)}");
        }
    }

    /// <summary>A number of texts, then null.</summary>
    private static Func<Random, string?> Texts(Func<Random, string> write)
    {
        var left = TextCount;
        return random => left-- > 0 ? write(random) : null;
    }
}
