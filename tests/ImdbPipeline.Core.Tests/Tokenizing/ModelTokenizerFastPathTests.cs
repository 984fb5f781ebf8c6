using ImdbPipeline.Core.Tokenizing;
using Microsoft.ML.Tokenizers;

namespace ImdbPipeline.Core.Tests.Tokenizing;

public sealed class ModelTokenizerFastPathTests
{
    private const int TextCount = 20_000;

    private static readonly string[] vocabulary =
    [
        .. Vocabulary.SpecialTokens, "a", "b", "z", "Z", "film", "##s", "##ing", "ing", "un", "##bel", "##ieva", "##bly", "UN", "##BEL", "##IEVA", "##BLY", "1984", "x", "##y", "0", "##a", "##b",
        .. Enumerable.Range(1, 9).Select(digit => $"##{digit}"), "w", "##w", "!", "'", "-", "_", "[", "]", "e", "k", "ss", "中", "文", "—", "##e", "##k", "##z", "cls", "sep", "##q", "q",
    ];

    public static TheoryData<bool, bool, bool?, bool> Normalizers { get; } = new()
    {
        { true, true, null, true }, { true, true, null, false }, { true, false, null, true }, { false, true, null, true }, { true, true, false, true }, { true, true, true, false },
    };

    [Theory]
    [MemberData(nameof(Normalizers))]
    public void Random_texts_get_the_same_ids_as_from_normalizing_whole_texts_and_looking_up_whole_words(bool cleanText, bool handleChineseChars, bool? stripAccents, bool lowercase)
    {
        var normalizer = new BertNormalizer(cleanText, handleChineseChars, stripAccents, lowercase);
        var fast = new ModelTokenizer(TokenizerParts.OfVocabulary(vocabulary) with { Normalizer = normalizer });
        using var lines = new MemoryStream(Vocabulary.Write(vocabulary));
        var library = WordPieceTokenizer.Create(lines, new WordPieceOptions { UnknownToken = Vocabulary.Unknown, MaxInputCharsPerWord = 100 });
        var random = new Random(5);

        for (var i = 0; i < TextCount; i++)
        {
            var text = HostileText.Write(random);
            Assert.Equal(Expected(library, normalizer, fast, text), fast.Encode(text));
        }
    }

    [Fact]
    public void A_word_is_too_long_by_its_characters_and_not_by_its_code_units()
    {
        string[] smileys = [.. Vocabulary.SpecialTokens, "😀", "##😀"];
        var tokenizer = ModelTokenizer.FromVocabulary(Vocabulary.Write(smileys));

        Assert.Equal(100 + 2, tokenizer.Encode(string.Concat(Enumerable.Repeat("😀", 100))).Length);
        Assert.Equal([tokenizer.ClassificationId, tokenizer.UnknownId, tokenizer.SeparatorId], tokenizer.Encode(string.Concat(Enumerable.Repeat("😀", 101))));
    }

    /// <summary>Maps special tokens directly and encodes the text between them with the library.</summary>
    private static List<int> Expected(WordPieceTokenizer library, BertNormalizer normalizer, ModelTokenizer fast, string text)
    {
        var ids = new List<int> { fast.ClassificationId };
        var start = 0;
        for (var at = 0; at < text.Length; at++)
            if (Vocabulary.SpecialTokens.FirstOrDefault(token => string.CompareOrdinal(text, at, token, 0, token.Length) == 0) is { } special)
            {
                AddTextUpTo(at);
                ids.Add(fast.Tokens.ToList().IndexOf(special));
                start = at + special.Length;
                at = start - 1;
            }
        AddTextUpTo(text.Length);
        return [.. ids, fast.SeparatorId];

        void AddTextUpTo(int end)
        {
            var normalized = normalizer.Normalize(text[start..end]);
            foreach (var word in BertPreTokenizer.Split(normalized))
                ids.AddRange(library.EncodeToIds(normalized[word], considerPreTokenization: false, considerNormalization: false));
        }
    }
}
