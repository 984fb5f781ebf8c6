using System.Text.Json.Nodes;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>How a BERT tokenizer uses its vocabulary, where no tokenizer.json says it; the defaults are Hugging Face's.</summary>
public sealed record BertSettings
{
    public bool Lowercase { get; init; } = true;

    /// <summary>Null: as <see cref="Lowercase"/>.</summary>
    public bool? StripAccents { get; init; }

    public bool HandleChineseChars { get; init; } = true;

    public string Unknown { get; init; } = Vocabulary.Unknown;

    public string Separator { get; init; } = Vocabulary.Separator;

    public string Padding { get; init; } = Vocabulary.Padding;

    public string Classification { get; init; } = Vocabulary.Classification;

    public string Mask { get; init; } = Vocabulary.Mask;

    public IReadOnlyList<string> SpecialTokens => [Padding, Unknown, Classification, Separator, Mask];

    internal JsonObject Normalizer() => Normalizer(new BertNormalizer(CleanText: true, HandleChineseChars, StripAccents, Lowercase));

    internal static JsonObject Normalizer(BertNormalizer normalizer) => new()
    {
        ["type"] = "BertNormalizer",
        ["clean_text"] = normalizer.CleanText,
        ["handle_chinese_chars"] = normalizer.HandleChineseChars,
        ["strip_accents"] = normalizer.StripAccents,
        ["lowercase"] = normalizer.Lowercase,
    };
}
