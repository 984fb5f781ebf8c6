using ImdbPipeline.Core.Tokenizing;
using BertOptions = Microsoft.ML.Tokenizers.BertOptions;
using BertTokenizer = Microsoft.ML.Tokenizers.BertTokenizer;

namespace ImdbPipeline.Core.Tests.Tokenizing;

public sealed class WordPieceTokenizerFastPathTests
{
    private const int TextCount = 20_000;

    [Fact]
    public void The_fast_path_gives_the_same_ids_as_the_library_for_random_texts()
    {
        string[] vocabularyTokens =
        [
            .. Vocabulary.SpecialTokens, "a", "b", "z", "film", "##s", "##ing", "ing", "un", "##bel", "##ieva", "##bly", "1984", "x", "##y", "0", "##a", "##b",
            .. Enumerable.Range(1, 9).Select(digit => $"##{digit}"), "w", "##w", "!", "'", "-", "_", "[", "]", "e", "k", "ss", "中", "文", "—", "##e", "##k", "##z", "cls", "sep", "##q", "q",
        ];
        var vocabulary = Vocabulary.Write(vocabularyTokens);
        var fast = WordPieceTokenizer.Create(vocabulary);
        using var lines = new MemoryStream(vocabulary);
        var library = BertTokenizer.Create(lines, new BertOptions { PreTokenizer = BertPreTokenizer.Instance });
        var random = new Random(5);

        for (var i = 0; i < TextCount; i++)
        {
            var text = HostileText.Write(random);
            Assert.Equal(Expected(library, fast, text), fast.Encode(text));
        }
    }

    /// <summary>Maps special tokens directly and encodes the text between them with the library.</summary>
    private static List<int> Expected(BertTokenizer library, WordPieceTokenizer fast, string text)
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

        void AddTextUpTo(int end) => ids.AddRange(library.EncodeToIds(
            BertNormalization.Normalize(text[start..end]), addSpecialTokens: false, considerPreTokenization: true, considerNormalization: false));
    }
}
