namespace ImdbPipeline.Core.Tokenizing;

/// <summary>What a WordPiece tokenizer consists of.</summary>
internal sealed record TokenizerParts
{
    /// <summary>The pieces of words in id order.</summary>
    public required IReadOnlyList<string> Vocabulary { get; init; }

    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    public required BertNormalizer Normalizer { get; init; }

    /// <summary>The id of a word that has no pieces.</summary>
    public required int UnknownId { get; init; }

    /// <summary>The token before a text.</summary>
    public required int FirstId { get; init; }

    /// <summary>The token after a text.</summary>
    public required int LastId { get; init; }

    /// <summary>Prefix of the pieces that continue a word.</summary>
    public string Continuation { get; init; } = VocabularyBuilder.Continuation;

    /// <summary>Words with more characters are unknown.</summary>
    public int MaxWordLength { get; init; } = DefaultMaxWordLength;

    public string PaddingToken { get; init; } = Tokenizing.Vocabulary.Padding;

    public string MaskToken { get; init; } = Tokenizing.Vocabulary.Mask;

    public const int DefaultMaxWordLength = 100;

    /// <param name="vocabulary">With the special tokens of BERT.</param>
    /// <returns>The tokenizer of an uncased BERT model.</returns>
    public static TokenizerParts OfVocabulary(IReadOnlyList<string> vocabulary)
    {
        var special = vocabulary.Index().Where(token => Tokenizing.Vocabulary.SpecialTokens.Contains(token.Item)).ToDictionary(token => token.Item, token => token.Index);
        return new TokenizerParts
        {
            Vocabulary = vocabulary,
            AddedTokens = [.. special.Select(token => new AddedToken(token.Value, token.Key, Special: true))],
            Normalizer = BertNormalizer.Uncased,
            UnknownId = special[Tokenizing.Vocabulary.Unknown],
            FirstId = special[Tokenizing.Vocabulary.Classification],
            LastId = special[Tokenizing.Vocabulary.Separator],
        };
    }
}
