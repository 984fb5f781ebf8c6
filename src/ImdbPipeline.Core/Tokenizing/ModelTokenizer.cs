using ImdbPipeline.Core.Foundation;
using Microsoft.ML.Tokenizers;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>The tokenizer of a BERT model (WordPiece); gives the same ids as Hugging Face's. Thread-safe.</summary>
public sealed class ModelTokenizer
{
    private readonly TokenizerParts parts;
    private readonly WordPieceTokenizer wordPieces;
    private readonly AddedTokenSearch? inText, inNormalizedText;

    // Null if words may be too long for it.
    private readonly ShortWordTokenizer? shortWords;

    internal ModelTokenizer(TokenizerParts parts)
    {
        this.parts = parts;
        Tokens = AllTokens(parts);
        SpecialTokenIds = parts.AddedTokens.Where(token => token.Special).Select(token => token.Id).ToHashSet();
        inText = AddedTokenSearch.Create(parts.AddedTokens.Where(token => !token.Normalized).Select(token => (token.Content, token)));
        inNormalizedText = AddedTokenSearch.Create(parts.AddedTokens.Where(token => token.Normalized).Select(token => (parts.Normalizer.Normalize(token.Content), token)));
        shortWords = parts.MaxWordLength < PackedWord.MaxLength ? null : new ShortWordTokenizer(parts.Vocabulary, UnknownId, parts.Continuation);
        // No word contains a space, so nothing matches the lines that only keep the numbering.
        using var lines = new MemoryStream(Vocabulary.Write(parts.Vocabulary.Select((token, id) => Vocabulary.IsPlain(token) ? token : $" {id}")));
        // The library counts UTF-16 units where Hugging Face counts characters, of one or two units, so the length of words is checked here.
        wordPieces = WordPieceTokenizer.Create(lines, new WordPieceOptions
        {
            UnknownToken = parts.Vocabulary[UnknownId],
            ContinuingSubwordPrefix = parts.Continuation,
            MaxInputCharsPerWord = 2 * parts.MaxWordLength,
        });
    }

    /// <summary>All tokens in id order.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>Ids of the special tokens.</summary>
    public IReadOnlySet<int> SpecialTokenIds { get; }

    /// <summary>Null if the tokenizer has no such token.</summary>
    public int? PaddingId => IdOf(parts.PaddingToken);

    public int UnknownId => parts.UnknownId;

    /// <summary>The token before a text.</summary>
    public int ClassificationId => parts.FirstId;

    /// <summary>The token after a text.</summary>
    public int SeparatorId => parts.LastId;

    /// <summary>Null if the tokenizer has no such token.</summary>
    public int? MaskId => IdOf(parts.MaskToken);

    /// <summary>Creates the tokenizer of an uncased BERT model.</summary>
    /// <param name="vocabulary">Content of a <c>vocab.txt</c>.</param>
    /// <param name="source">File name used in error messages.</param>
    /// <exception cref="InputRejectedException">The vocabulary is invalid; see <see cref="Vocabulary.Read(ReadOnlySpan{byte}, string)"/>.</exception>
    public static ModelTokenizer FromVocabulary(ReadOnlySpan<byte> vocabulary, string source = Vocabulary.FileName) =>
        new(TokenizerParts.OfVocabulary(Vocabulary.Read(vocabulary, source)));

    /// <returns>
    /// Content of the <c>vocab.txt</c> from which <see cref="FromVocabulary"/> creates an equal tokenizer; null if there is none.
    /// </returns>
    public byte[]? UncasedVocabulary()
    {
        var known = Vocabulary.SpecialTokens.All(token => parts.Vocabulary.Contains(token)) ? TokenizerParts.OfVocabulary(parts.Vocabulary) : null;
        return known is not null && parts.Vocabulary.All(Vocabulary.IsPlain) && parts.Normalizer.IsSameAs(known.Normalizer) && parts.AddedTokens.ToHashSet().SetEquals(known.AddedTokens)
            && (parts.UnknownId, parts.FirstId, parts.LastId) == (known.UnknownId, known.FirstId, known.LastId)
            && (parts.Continuation, parts.MaxWordLength) == (known.Continuation, known.MaxWordLength)
                ? Vocabulary.Write(parts.Vocabulary)
                : null;
    }

    /// <returns><c>[tokens]</c>: <c>[CLS]</c>, the text's tokens, <c>[SEP]</c>; not truncated.</returns>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new TokenList(text.Length / 4 + 2);
        ids.Add(ClassificationId);
        var consumed = 0;
        if (inText is not null)
        {
            for (var from = 0; inText.Next(text, ref from, consumed, out var start, out var end, out var id); consumed = end)
            {
                if (consumed < start)
                    AddText(ref ids, text.AsSpan(consumed..start));
                ids.Add(id);
            }
        }
        AddText(ref ids, text.AsSpan(consumed));
        ids.Add(SeparatorId);
        var encoded = ids.ToArray();
        ids.Dispose();
        return encoded;
    }

    /// <returns><c>[tokens]</c>, at most <paramref name="maxLength"/> including <c>[CLS]</c> and <c>[SEP]</c>.</returns>
    public int[] Encode(string text, int maxLength, Truncation truncation) => TokenTruncation.Truncate(Encode(text), maxLength, truncation);

    private void AddText(ref TokenList ids, ReadOnlySpan<char> text)
    {
        if (inNormalizedText is null)
        {
            AddWords(ref ids, text, isNormalized: false);
            return;
        }
        var normalized = parts.Normalizer.Normalize(text.ToString());
        var consumed = 0;
        for (var from = 0; inNormalizedText.Next(normalized, ref from, consumed, out var start, out var end, out var id); consumed = end)
        {
            if (consumed < start)
                AddWords(ref ids, normalized.AsSpan(consumed..start), isNormalized: true);
            ids.Add(id);
        }
        AddWords(ref ids, normalized.AsSpan(consumed), isNormalized: true);
    }

    private void AddWords(ref TokenList ids, ReadOnlySpan<char> text, bool isNormalized)
    {
        if (shortWords is null)
        {
            AddOtherWords(ref ids, text, isNormalized);
            return;
        }
        for (var words = new AsciiWords(text, lowercase: parts.Normalizer.Lowercase && !isNormalized); words.MoveNext();)
        {
            if (words.Kind == RunKind.Word && words.End - words.Start <= PackedWord.MaxLength)
                shortWords.Add(ref ids, words.Packed, words.End - words.Start);
            else if (words.Kind == RunKind.Punctuation)
                ids.Add(shortWords.PunctuationId(text[words.Start]));
            else
                AddOtherWords(ref ids, words.Run, isNormalized);
        }
    }

    // The slow path, for non-ASCII characters and long words.
    private void AddOtherWords(ref TokenList ids, ReadOnlySpan<char> run, bool isNormalized)
    {
        var text = isNormalized ? run.ToString() : parts.Normalizer.Normalize(run.ToString());
        foreach (var range in BertPreTokenizer.Split(text))
        {
            var word = text.AsSpan(range);
            if (IsTooLong(word))
                ids.Add(UnknownId);
            else
                foreach (var id in wordPieces.EncodeToIds(word, considerPreTokenization: false, considerNormalization: false))
                    ids.Add(id);
        }
    }

    /// <summary>Counts surrogate pairs as one character.</summary>
    private bool IsTooLong(ReadOnlySpan<char> word)
    {
        if (word.Length <= parts.MaxWordLength)
            return false;
        var characters = 0;
        foreach (var _ in word.EnumerateRunes())
            characters++;
        return characters > parts.MaxWordLength;
    }

    private int? IdOf(string name) => parts.AddedTokens.FirstOrDefault(token => token.Content == name)?.Id;

    private static string[] AllTokens(TokenizerParts parts)
    {
        string[] tokens = [.. parts.Vocabulary];
        var count = parts.AddedTokens.Select(token => token.Id + 1).Append(tokens.Length).Max();
        Array.Resize(ref tokens, count);
        tokens.AsSpan(parts.Vocabulary.Count).Fill("");
        foreach (var token in parts.AddedTokens)
            tokens[token.Id] = token.Content;
        return tokens;
    }
}
