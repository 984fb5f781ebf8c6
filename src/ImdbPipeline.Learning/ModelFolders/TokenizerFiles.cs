using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>
/// The tokenizer of a model folder: <c>tokenizer.json</c>, or else <c>vocab.txt</c>, together with what <c>tokenizer_config.json</c>,
/// <c>special_tokens_map.json</c> and <c>added_tokens.json</c> add to them.
/// </summary>
internal sealed class TokenizerFiles
{
    /// <summary>One token between those around a text.</summary>
    private const int MinLength = 3;

    private const string DecoderField = "added_tokens_decoder";

    /// <summary>Tokenizers whose vocab.txt holds word pieces, without <c>Fast</c>.</summary>
    private static readonly string[] wordPieceClasses = ["BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer", "ConvBertTokenizer"];

    /// <summary>Classes that take all settings from tokenizer.json.</summary>
    private static readonly string[] genericClasses = ["PreTrainedTokenizer", "TokenizersBackend"];

    private readonly string folder;
    private readonly byte[]? tokenizerJson, vocabulary;
    private readonly JsonObject config, specialTokens, addedTokens;

    private TokenizerFiles(string folder)
    {
        this.folder = folder;
        tokenizerJson = ModelFolder.Read(folder, ModelFolder.TokenizerFile);
        vocabulary = ModelFolder.Read(folder, ModelFolder.VocabularyFile);
        config = Json(ModelFolder.TokenizerConfigFile);
        specialTokens = Json(ModelFolder.SpecialTokensFile);
        addedTokens = Json(ModelFolder.AddedTokensFile);
    }

    /// <exception cref="InputRejectedException">A file is no JSON object, or a Git LFS pointer.</exception>
    public static TokenizerFiles Read(string folder) => new(folder);

    /// <param name="modelConfig">The model's config.json.</param>
    /// <exception cref="InputRejectedException">There is no tokenizer, or it has a setting that is not supported.</exception>
    public ModelFiles ToModelFiles(byte[] modelConfig)
    {
        try
        {
            RejectUnsupported();
            var tokenizer = tokenizerJson is not null ? FromTokenizerJson(tokenizerJson) : FromVocabulary();
            tokenizer = tokenizer.With(MissingTokens(tokenizer));
            return new ModelFiles(modelConfig, tokenizer) { MaxLength = MaxLength(), Truncation = Truncation() };
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or OverflowException)
        {
            throw Rejected("tokenizer files as Transformers writes them", e.Message, e);
        }
    }

    /// <returns>The length in tokens that texts are cut to; null if the files do not say.</returns>
    private int? MaxLength() =>
        // Files without a limit have a number with thirty digits.
        config["model_max_length"] switch
        {
            null => null,
            JsonValue value when value.GetValueKind() == JsonValueKind.Number && value.GetValue<double>() is >= MinLength and var length => length <= int.MaxValue ? (int)length : null,
            var other => throw Unsupported("model_max_length", $"a number of at least {MinLength}", other.ToJsonString()),
        };

    /// <returns>Which part of a longer text is kept.</returns>
    private Truncation Truncation() => config["truncation_side"]?.GetValue<string>() switch
    {
        null or "right" => Core.Tokenizing.Truncation.Head,
        "left" => Core.Tokenizing.Truncation.Tail,
        var other => throw Unsupported("truncation_side", "left or right", other),
    };

    private TokenizerJson FromTokenizerJson(byte[] file)
    {
        var tokenizer = TokenizerJson.Parse(file, Names(), Path.Combine(folder, ModelFolder.TokenizerFile));
        // BERT's own class would use its settings instead of those in tokenizer.json; a generic class ignores them.
        if (!genericClasses.Contains(ClassName()))
        {
            var (lowercase, stripAccents, handleChineseChars) = tokenizer.Normalization;
            RequireEqual("do_lower_case", Lower(lowercase), Lower(Flag("do_lower_case")));
            // Null means: as lower-casing.
            RequireEqual("strip_accents", Lower(stripAccents), config.ContainsKey("strip_accents") ? Lower(Flag("strip_accents") ?? lowercase) : null);
            RequireEqual("tokenize_chinese_chars", Lower(handleChineseChars), Lower(Flag("tokenize_chinese_chars")));
            RequireEqual("unk_token", tokenizer.WordPieces.Unknown, SpecialToken("unk_token"));
            // Transformers 5 does not even read these where the class is BERT's.
            if (ClassName() is not null && (tokenizer.WordPieces.Continuation, tokenizer.WordPieces.MaxWordLength) != (VocabularyBuilder.Continuation, TokenizerJson.DefaultMaxWordLength))
                throw Rejected(
                    $"continuing_subword_prefix {VocabularyBuilder.Continuation} and max_input_chars_per_word {TokenizerJson.DefaultMaxWordLength} in {ModelFolder.TokenizerFile}, as {ClassName()} has them",
                    $"{tokenizer.WordPieces.Continuation} and {tokenizer.WordPieces.MaxWordLength}");
        }

        return tokenizer;

        void RequireEqual(string setting, string? expected, string? found)
        {
            if (found is not null && found != expected)
                throw Rejected($"{setting} {expected} in {ModelFolder.TokenizerConfigFile}, as in {ModelFolder.TokenizerFile}", found);
        }
    }

    private TokenizerJson FromVocabulary()
    {
        if (vocabulary is null)
            throw new InputRejectedException(
                ErrorRules.ModelFileMissing, folder, $"{ModelFolder.TokenizerFile} or {ModelFolder.VocabularyFile}", "neither", "Specify a folder with Hugging Face model files and a WordPiece tokenizer.");
        if (ClassName() is { } name && !wordPieceClasses.Contains(name) && !genericClasses.Contains(name))
            throw Unsupported("tokenizer_class", $"{ModelFolder.TokenizerFile}, or one of {string.Join(", ", wordPieceClasses)}", name);
        foreach (var setting in (string[])["do_basic_tokenize", "clean_text"])
            if (Flag(setting) == false)
                throw Unsupported(setting, "true", "false");
        if (config["never_split"] is JsonArray { Count: > 0 } never)
            throw Unsupported("never_split", "none", never.ToJsonString());
        var settings = Names() with
        {
            Lowercase = Flag("do_lower_case") ?? true,
            StripAccents = Flag("strip_accents"),
            HandleChineseChars = Flag("tokenize_chinese_chars") ?? true,
        };
        var source = Path.Combine(folder, ModelFolder.VocabularyFile);
        return TokenizerJson.FromVocabulary(Vocabulary.Read(vocabulary, source, settings.SpecialTokens), settings, source);
    }

    private BertSettings Names() => new()
    {
        Unknown = SpecialToken("unk_token") ?? Vocabulary.Unknown,
        Separator = SpecialToken("sep_token") ?? Vocabulary.Separator,
        Padding = SpecialToken("pad_token") ?? Vocabulary.Padding,
        Classification = SpecialToken("cls_token") ?? Vocabulary.Classification,
        Mask = SpecialToken("mask_token") ?? Vocabulary.Mask,
    };

    private void RejectUnsupported()
    {
        if (Flag("split_special_tokens") == true)
            throw Unsupported("split_special_tokens", "false", "true");
    }

    /// <summary>Tokens that the other files add to the tokenizer.</summary>
    private List<AddedToken> MissingTokens(TokenizerJson tokenizer)
    {
        var ids = tokenizer.Tokenizer.Tokens.Index().GroupBy(token => token.Item).ToDictionary(group => group.Key, group => group.Last().Index);
        var present = tokenizer.AddedTokens.ToDictionary(token => token.Content);
        var missing = new List<AddedToken>();
        var next = tokenizer.Tokenizer.Tokens.Count;
        var special = SpecialTokens().ToList();
        var specialContents = special.Select(token => token.Content).ToHashSet();
        var stated = (config[DecoderField] as JsonObject ?? []).Select(entry => (Id: (int?)int.Parse(entry.Key, CultureInfo.InvariantCulture), Node: entry.Value, Content: Content(entry.Value)))
            .Concat(addedTokens.Select(entry => (Id: entry.Value?.GetValue<int>(), Node: (JsonNode?)null, Content: (string?)entry.Key)))
            .OrderBy(entry => entry.Id);
        // Those with an id first: the others are numbered after them.
        foreach (var (id, node, content) in stated.Concat(special.Select(token => (Id: (int?)null, token.Node, (string?)token.Content))))
            if (content is { Length: > 0 })
                Add(content, id, node as JsonObject);
        return missing;

        void Add(string content, int? id, JsonObject? settings)
        {
            var isSpecial = settings?["special"]?.GetValue<bool>() ?? specialContents.Contains(content);
            if (!present.TryGetValue(content, out var known))
            {
                var own = ids.TryGetValue(content, out var inVocabulary) ? inVocabulary : next++;
                known = new AddedToken(id ?? own, content, Normalized: !isSpecial, Special: isSpecial).With(settings);
                present[content] = known;
                missing.Add(known);
            }

            if ((id is { } stated && stated != known.Id) || known.With(settings) != known)
                throw Rejected($"'{content}' with the id {known.Id} and the same settings in all tokenizer files", id is { } other && other != known.Id ? $"the id {other}" : "other settings");
        }
    }

    /// <summary>The tokens that are named in the files, and how: as a string or as an object with settings.</summary>
    private IEnumerable<(string Content, JsonNode? Node)> SpecialTokens()
    {
        foreach (var (name, node) in config.Concat(specialTokens))
        {
            if (name.EndsWith("_token", StringComparison.Ordinal) && Content(node) is { } content)
                yield return (content, node);
            if (name is "additional_special_tokens" or "extra_special_tokens")
                foreach (var item in node is JsonObject named ? named.Select(entry => entry.Value) : node as JsonArray ?? [])
                    if (Content(item) is { } additional)
                        yield return (additional, item);
        }
    }

    private string? SpecialToken(string name) => Content(config[name]) ?? Content(specialTokens[name]);

    /// <summary>A token is written as a string or as an object with its content.</summary>
    private static string? Content(JsonNode? node) => Text(node is JsonObject token ? token["content"] : node);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private string? ClassName() =>
        Text(config["tokenizer_class"]) is { } name ? (name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^"Fast".Length] : name) : null;

    private bool? Flag(string name) => config[name]?.GetValue<bool>();

    private static string? Lower(bool? value) => value switch { true => "true", false => "false", null => null };

    private JsonObject Json(string file)
    {
        if (ModelFolder.Read(folder, file) is not { } content)
            return [];
        try
        {
            return PipelineJson.ParseObject(content);
        }
        catch (JsonException e)
        {
            throw new InputRejectedException(ErrorRules.TokenizerInvalid, Path.Combine(folder, file), "a JSON object", e.Message, "Use the file that was saved with the model.", e);
        }
    }

    private InputRejectedException Unsupported(string setting, string expected, string found) =>
        new(ErrorRules.TokenizerUnsupported, $"{Path.Combine(folder, ModelFolder.TokenizerConfigFile)}, {setting}", expected, found, "Choose another model, or save it with a fast tokenizer.");

    private InputRejectedException Rejected(string expected, string found, Exception? inner = null) =>
        new(ErrorRules.TokenizerInvalid, folder, expected, found, "Use the tokenizer files that were saved with the model.", inner);
}
