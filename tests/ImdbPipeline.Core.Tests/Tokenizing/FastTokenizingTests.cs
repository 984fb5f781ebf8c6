using ImdbPipeline.Core.Tokenizing;
using BertOptions = Microsoft.ML.Tokenizers.BertOptions;
using BertTokenizer = Microsoft.ML.Tokenizers.BertTokenizer;

namespace ImdbPipeline.Core.Tests.Tokenizing;

public sealed class FastTokenizingTests
{
    private const int Texts = 20_000;

    [Fact]
    public void Any_text_has_the_ids_of_the_plain_way()
    {
        string[] pieces =
        [
            .. Vocabulary.SpecialPieces, "a", "b", "z", "film", "##s", "##ing", "ing", "un", "##bel", "##ieva", "##bly", "1984", "x", "##y", "0", "##a", "##b",
            .. Enumerable.Range(1, 9).Select(digit => $"##{digit}"), "w", "##w", "!", "'", "-", "_", "[", "]", "e", "k", "ss", "中", "文", "—", "##e", "##k", "##z", "cls", "sep", "##q", "q",
        ];
        var vocabulary = Vocabulary.Write(pieces);
        var fast = WordPieceTokenizer.Create(vocabulary);
        using var lines = new MemoryStream(vocabulary);
        var plain = BertTokenizer.Create(lines, new BertOptions { PreTokenizer = BertPreTokenizer.Instance });
        var random = new Random(5);

        for (var i = 0; i < Texts; i++)
        {
            var text = HostileText.Write(random);
            Assert.Equal(Plain(plain, fast, text), fast.Encode(text));
        }
    }

    /// <summary>Special pieces first, everything between through the library.</summary>
    private static List<int> Plain(BertTokenizer plain, WordPieceTokenizer fast, string text)
    {
        var ids = new List<int> { fast.ClassificationId };
        var start = 0;
        for (var at = 0; at < text.Length; at++)
            if (Vocabulary.SpecialPieces.FirstOrDefault(piece => string.CompareOrdinal(text, at, piece, 0, piece.Length) == 0) is { } special)
            {
                AddBetween(at);
                ids.Add(fast.Pieces.ToList().IndexOf(special));
                start = at + special.Length;
                at = start - 1;
            }
        AddBetween(text.Length);
        return [.. ids, fast.SeparatorId];

        void AddBetween(int end) => ids.AddRange(plain.EncodeToIds(
            BertNormalization.Normalize(text[start..end]), addSpecialTokens: false, considerPreTokenization: true, considerNormalization: false));
    }
}
