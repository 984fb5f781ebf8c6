using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>The file <c>tokenizer.json</c> of Hugging Face's tokenizers. Immutable.</summary>
public sealed class TokenizerJson
{
    public const string FileName = "tokenizer.json";

    /// <summary>BERT's own limit on the length of a word, in characters.</summary>
    public const int DefaultMaxWordLength = TokenizerParts.DefaultMaxWordLength;

    internal const string NormalizerField = "normalizer", AddedTokensField = "added_tokens";

    private static readonly JsonSerializerOptions indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject json;
    private readonly string source;
    private readonly BertSettings names;
    private readonly TokenizerParts parts;

    /// <param name="names">The names of the padding and the mask token.</param>
    private TokenizerJson(JsonObject json, BertSettings names, string source)
    {
        (this.json, this.names, this.source) = (json, names, source);
        try
        {
            parts = new TokenizerJsonReader(json, source).Read() with { PaddingToken = names.Padding, MaskToken = names.Mask };
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or OverflowException or JsonException)
        {
            throw Invalid(source, e);
        }
        Tokenizer = new ModelTokenizer(parts);
    }

    /// <summary>The tokenizer; does not remove markup.</summary>
    public ModelTokenizer Tokenizer { get; }

    /// <summary>Whether texts are to be cleaned as by <see cref="TextCleaner"/> before they are tokenized.</summary>
    public bool RemovesMarkup => Markup.IsRemovedBy(json[NormalizerField]);

    /// <param name="source">File name used in error messages.</param>
    /// <exception cref="InputRejectedException">The JSON is not a tokenizer, or has a part that is not supported.</exception>
    public static TokenizerJson Parse(ReadOnlySpan<byte> file, string source) => Parse(file, new BertSettings(), source);

    /// <param name="names">The names of the padding and the mask token, which the file does not tell; its other settings come from the file.</param>
    /// <inheritdoc cref="Parse(ReadOnlySpan{byte}, string)"/>
    public static TokenizerJson Parse(ReadOnlySpan<byte> file, BertSettings names, string source)
    {
        ArgumentNullException.ThrowIfNull(names);
        try
        {
            return new TokenizerJson(PipelineJson.ParseObject(file), names, source);
        }
        catch (JsonException e)
        {
            throw Invalid(source, e);
        }
    }

    /// <summary>The tokenizer of an uncased BERT model.</summary>
    /// <param name="vocabulary">Content of a <c>vocab.txt</c>.</param>
    /// <exception cref="InputRejectedException">The vocabulary is invalid; see <see cref="Vocabulary.Read(ReadOnlySpan{byte}, string)"/>.</exception>
    public static TokenizerJson FromVocabulary(ReadOnlySpan<byte> vocabulary) =>
        FromVocabulary(Vocabulary.Read(vocabulary, Vocabulary.FileName), new BertSettings(), Vocabulary.FileName);

    /// <summary>The tokenizer of a BERT model whose folder has a <c>vocab.txt</c>.</summary>
    /// <param name="vocabulary">The vocabulary in id order; has the special tokens.</param>
    /// <param name="source">File name used in error messages.</param>
    public static TokenizerJson FromVocabulary(IReadOnlyList<string> vocabulary, BertSettings settings, string source)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(settings);
        var ids = vocabulary.Index().ToDictionary(token => token.Item, token => token.Index, StringComparer.Ordinal);
        return new TokenizerJson(
            new JsonObject
            {
                ["version"] = "1.0",
                ["truncation"] = null,
                ["padding"] = null,
                [AddedTokensField] = new JsonArray([.. settings.SpecialTokens.Select(token => Added(new AddedToken(ids[token], token, Special: true)))]),
                [NormalizerField] = settings.Normalizer(),
                ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
                ["post_processor"] = new JsonObject
                {
                    ["type"] = "TemplateProcessing",
                    ["single"] = new JsonArray(Special(settings.Classification), Sequence("A", 0), Special(settings.Separator)),
                    ["pair"] = new JsonArray(Special(settings.Classification), Sequence("A", 0), Special(settings.Separator), Sequence("B", 1), Special(settings.Separator, 1)),
                    ["special_tokens"] = new JsonObject
                    {
                        [settings.Classification] = SpecialTokenIds(settings.Classification),
                        [settings.Separator] = SpecialTokenIds(settings.Separator),
                    },
                },
                ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = VocabularyBuilder.Continuation, ["cleanup"] = true },
                ["model"] = new JsonObject
                {
                    ["type"] = "WordPiece",
                    ["unk_token"] = settings.Unknown,
                    ["continuing_subword_prefix"] = VocabularyBuilder.Continuation,
                    ["max_input_chars_per_word"] = TokenizerParts.DefaultMaxWordLength,
                    ["vocab"] = new JsonObject(vocabulary.Index().Select(token => KeyValuePair.Create(token.Item, (JsonNode?)token.Index))),
                },
            },
            settings,
            source);

        static JsonNode Special(string token, int type = 0) => new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };

        static JsonNode Sequence(string id, int type) => new JsonObject { ["Sequence"] = new JsonObject { ["id"] = id, ["type_id"] = type } };

        JsonNode SpecialTokenIds(string token) => new JsonObject { ["id"] = token, ["ids"] = new JsonArray(ids[token]), ["tokens"] = new JsonArray(token) };
    }

    /// <summary>Whether letters are lower-cased, accents stripped, and Chinese characters separated.</summary>
    public (bool Lowercase, bool StripAccents, bool HandleChineseChars) Normalization => (parts.Normalizer.Lowercase, parts.Normalizer.Strips, parts.Normalizer.HandleChineseChars);

    /// <summary>How words are split into pieces.</summary>
    public (string Unknown, string Continuation, int MaxWordLength) WordPieces => (parts.Vocabulary[parts.UnknownId], parts.Continuation, parts.MaxWordLength);

    /// <summary>The same tokenizer with further added tokens.</summary>
    public TokenizerJson With(IReadOnlyCollection<AddedToken> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count == 0)
            return this;
        var changed = json.DeepClone().AsObject();
        var all = changed[AddedTokensField] as JsonArray;
        if (all is null)
            changed[AddedTokensField] = all = [];
        foreach (var token in tokens)
            all.Add(Added(token));
        return new TokenizerJson(changed, names, source);
    }

    /// <summary>The tokens that a text is searched for before it is split into words.</summary>
    public IReadOnlyList<AddedToken> AddedTokens => parts.AddedTokens;

    /// <summary>The file for a model that was trained with this tokenizer.</summary>
    /// <param name="removeMarkup">Whether texts were cleaned as by <see cref="TextCleaner"/>.</param>
    /// <param name="maxLength">In tokens, including those around the text.</param>
    /// <param name="cutStart">Whether the start of longer texts is cut off, not the end.</param>
    public byte[] Write(bool removeMarkup, int maxLength, bool cutStart)
    {
        var published = json.DeepClone().AsObject();
        published[NormalizerField] = Markup.Removal(removeMarkup, Markup.Without(published[NormalizerField]));
        published["truncation"] = new JsonObject { ["direction"] = cutStart ? "Left" : "Right", ["max_length"] = maxLength, ["strategy"] = "LongestFirst", ["stride"] = 0 };
        published["padding"] = null;
        return JsonSerializer.SerializeToUtf8Bytes(published, indented);
    }

    private static JsonObject Added(AddedToken token) => new()
    {
        ["id"] = token.Id,
        ["content"] = token.Content,
        ["single_word"] = token.SingleWord,
        ["lstrip"] = token.LeftStrip,
        ["rstrip"] = token.RightStrip,
        ["normalized"] = token.Normalized,
        ["special"] = token.Special,
    };

    private static InputRejectedException Invalid(string source, Exception e) =>
        new(ErrorRules.TokenizerInvalid, source, "a tokenizer as JSON", e.Message, "Save the tokenizer again with save_pretrained.", e);
}
