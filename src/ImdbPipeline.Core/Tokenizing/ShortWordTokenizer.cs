namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Splits short ASCII words into tokens by greedy longest match (WordPiece; Schuster and Nakajima 2012).</summary>
internal sealed class ShortWordTokenizer
{
    private readonly TokenTable initialTable, continuationTable;
    private readonly int[] punctuationIds = new int[128];
    private readonly int unknown;

    /// <param name="tokens">The vocabulary in id order.</param>
    /// <param name="continuation">Prefix of the tokens that continue a word.</param>
    public ShortWordTokenizer(IReadOnlyList<string> tokens, int unknown, string continuation)
    {
        this.unknown = unknown;
        Array.Fill(punctuationIds, unknown);
        var initials = new List<(string, int)>();
        var continuations = new List<(string, int)>();
        foreach (var (id, token) in tokens.Index())
        {
            if (token.Length == 1 && char.IsAscii(token[0]))
                punctuationIds[token[0]] = id;
            if (IsShortWord(token))
                initials.Add((token, id));
            if (token.StartsWith(continuation, StringComparison.Ordinal) && IsShortWord(token[continuation.Length..]))
                continuations.Add((token[continuation.Length..], id));
        }
        initialTable = new TokenTable(initials);
        continuationTable = new TokenTable(continuations);
    }

    private static bool IsShortWord(string token) => token.Length is > 0 and <= PackedWord.MaxLength && token.All(char.IsAsciiLetterOrDigit);

    /// <summary>The token id of an ASCII punctuation character.</summary>
    public int PunctuationId(char punctuation) => punctuationIds[punctuation];

    /// <param name="length">1 to <see cref="PackedWord.MaxLength"/>.</param>
    public void Add(ref TokenList ids, PackedWord word, int length)
    {
        if (initialTable.Find(word) is >= 0 and var whole)
        {
            ids.Add(whole);
            return;
        }
        var before = ids.Count;
        for (var start = 0; start < length;)
        {
            var table = start == 0 ? initialTable : continuationTable;
            var (fit, id) = (length - start, TokenTable.None);
            while (fit > 0 && (id = table.Find(word.Slice(start, fit))) == TokenTable.None)
                fit--;
            if (fit == 0)
            {
                ids.Truncate(before);
                ids.Add(unknown);
                return;
            }
            ids.Add(id);
            start += fit;
        }
    }
}
