using System.Text.Json.Nodes;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Reads the parts of a tokenizer.json; what is not known is refused by its name.</summary>
internal sealed class TokenizerJsonReader(JsonObject json, string source)
{
    private const int MaxAddedTokens = 10_000;

    // Looking up a word of unknown pieces takes time in proportion to the third power of its length.
    private const int MaxWordLengthLimit = 1000;

    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);

    /// <exception cref="InputRejectedException">A part is missing, invalid or not supported.</exception>
    /// <exception cref="InvalidOperationException">A value is of another type.</exception>
    /// <exception cref="FormatException">A number is not an integer.</exception>
    public TokenizerParts Read()
    {
        RequirePart("pre_tokenizer", json["pre_tokenizer"], "pretokenizers", "BertPreTokenizer");
        var model = RequirePart("model", json["model"], sequence: null, "WordPiece");
        var vocabulary = ReadVocabulary(model);
        var unknown = model["unk_token"]?.GetValue<string>() ?? Vocabulary.Unknown;
        var added = ReadAddedTokens(model["vocab"]!.AsObject().Count);
        var (first, last) = ReadTemplate();
        var normalizer = ReadNormalizer();
        if (added.Find(token => token.Normalized && normalizer.Normalize(token.Content).Length == 0) is { } empty)
            throw Unsupported(TokenizerJson.AddedTokensField, "tokens that normalization leaves something of", $"'{empty.Content}'");
        return new TokenizerParts
        {
            Vocabulary = vocabulary,
            AddedTokens = added,
            Normalizer = normalizer,
            UnknownId = IdInVocabulary(unknown, vocabulary.Length),
            FirstId = first,
            LastId = last,
            Continuation = ReadContinuation(model["continuing_subword_prefix"]?.GetValue<string>() ?? VocabularyBuilder.Continuation),
            MaxWordLength = ReadMaxWordLength(model["max_input_chars_per_word"]?.GetValue<int>() ?? TokenizerParts.DefaultMaxWordLength),
        };
    }

    private string[] ReadVocabulary(JsonObject model)
    {
        if (model["vocab"] is not JsonObject { Count: > 0 } vocabulary)
            throw Invalid("model.vocab", "tokens with their ids", "none");
        if (vocabulary.Count > Vocabulary.MaxTokens)
            throw Invalid("model.vocab", $"at most {Vocabulary.MaxTokens} tokens", $"{vocabulary.Count}");
        // Limits allocation: a few ids may be unused.
        var limit = 2 * vocabulary.Count + 1000;
        foreach (var (token, value) in vocabulary)
            ids[token] = value?.GetValue<int>() is >= 0 and var id && id < limit ? id : throw Invalid("model.vocab", $"an id from 0 to {limit - 1} for '{token}'", value?.ToJsonString() ?? "none");
        var tokens = new string[ids.Values.Max() + 1];
        foreach (var (token, id) in ids)
        {
            if (tokens[id] is { } other)
                throw Invalid("model.vocab", "every id once", $"{id} for '{other}' and '{token}'");
            tokens[id] = token;
        }
        return [.. tokens.Select(token => token ?? "")];
    }

    private string ReadContinuation(string prefix) =>
        prefix.Any(char.IsWhiteSpace) ? throw Invalid("model.continuing_subword_prefix", "a prefix without white space", $"'{prefix}'") : prefix;

    private int ReadMaxWordLength(int length) =>
        length is >= 1 and <= MaxWordLengthLimit ? length : throw Invalid("model.max_input_chars_per_word", $"a number from 1 to {MaxWordLengthLimit}", $"{length}");

    /// <param name="next">The number of tokens in the vocabulary: the id of the first one that is added to it.</param>
    private List<AddedToken> ReadAddedTokens(int next)
    {
        var nodes = json[TokenizerJson.AddedTokensField]?.AsArray() ?? [];
        if (nodes.Count > MaxAddedTokens)
            throw Invalid(TokenizerJson.AddedTokensField, $"at most {MaxAddedTokens} tokens", $"{nodes.Count}");
        var added = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            var content = node?["content"]?.GetValue<string>() ?? throw Invalid(TokenizerJson.AddedTokensField, "a content for every token", node?.ToJsonString() ?? "null");
            if (content.Length == 0)
                continue;
            // Hugging Face numbers them itself and ignores the id in the file.
            if (!ids.TryGetValue(content, out var id))
                id = next++;
            if (node["id"]?.GetValue<int>() is { } stated && stated != id)
                throw Invalid(TokenizerJson.AddedTokensField, $"the id {id} for '{content}', which Hugging Face's tokenizers give it", $"{stated}");
            ids[content] = id;
            var isSpecial = node["special"]?.GetValue<bool>() ?? false;
            var token = new AddedToken(id, content, Normalized: !isSpecial, Special: isSpecial).With(node);
            if (!added.TryAdd(content, token) && added[content] != token)
                throw Invalid(TokenizerJson.AddedTokensField, "every token once", $"'{content}' with different settings");
        }
        return [.. added.Values];
    }

    private BertNormalizer ReadNormalizer()
    {
        if (Flatten(Markup.Without(json[TokenizerJson.NormalizerField]), "normalizers").ToArray() is not [var only, .. var others])
            return BertNormalizer.None;
        if (others.Length > 0)
            throw Unsupported("normalizer", "one normalizer", string.Join(", ", others.Prepend(only).Select(TypeOf)));
        return TypeOf(only) switch
        {
            "BertNormalizer" => new BertNormalizer(Option("clean_text", true), Option("handle_chinese_chars", true), only["strip_accents"]?.GetValue<bool>(), Option("lowercase", true)),
            "Lowercase" => BertNormalizer.None with { Lowercase = true },
            var other => throw Unsupported("normalizer", "BertNormalizer", other),
        };

        bool Option(string name, bool fallback) => only[name]?.GetValue<bool>() ?? fallback;
    }

    /// <returns>The tokens before and after a text.</returns>
    private (int First, int Last) ReadTemplate()
    {
        var part = RequirePart("post_processor", json["post_processor"], "processors", "TemplateProcessing", "BertProcessing", "RobertaProcessing");
        if (TypeOf(part) != "TemplateProcessing")
            return (IdOf("cls"), IdOf("sep"));
        if (part["single"] is not JsonArray { Count: 3 } template || template[1]?["Sequence"] is not { } text || text["id"]?.GetValue<string>() != "A" || text["type_id"]?.GetValue<int>() is not (null or 0))
            throw Unsupported("post_processor.single", "one token before the text and one after it", part["single"]?.ToJsonString() ?? "nothing");
        return (SpecialId(template[0]), SpecialId(template[2]));

        int IdOf(string name) => part[name] is JsonArray { Count: 2 } pair
            ? KnownId(pair[0]!.GetValue<string>(), pair[1])
            : throw Invalid($"post_processor.{name}", "a token and its id", part[name]?.ToJsonString() ?? "nothing");

        int SpecialId(JsonNode? entry)
        {
            if (entry?["SpecialToken"] is not { } special || special["id"]?.GetValue<string>() is not { } name)
                throw Unsupported("post_processor.single", "one token before the text and one after it", entry?.ToJsonString() ?? "nothing");
            if (special["type_id"]?.GetValue<int>() is { } type and not 0)
                throw Unsupported("post_processor.single", "type_id 0", $"{type}");
            if (part["special_tokens"]?[name]?["ids"] is not JsonArray stated)
                return KnownId(name, stated: null);
            return stated.Count == 1 ? KnownId(name, stated[0]) : throw Unsupported("post_processor.special_tokens", $"one id for '{name}'", stated.ToJsonString());
        }

        int KnownId(string name, JsonNode? stated)
        {
            if (!ids.TryGetValue(name, out var id))
                throw Invalid("post_processor", "tokens of the vocabulary", $"'{name}'");
            return stated is null || stated.GetValue<int>() == id ? id : throw Invalid("post_processor", $"the id {id} for '{name}', as in the vocabulary", stated.ToJsonString());
        }
    }

    /// <returns>The part, which is of one of the known types.</returns>
    private JsonObject RequirePart(string name, JsonNode? node, string? sequence, params string[] known)
    {
        JsonObject[] parts = sequence is null ? [.. new[] { node as JsonObject }.OfType<JsonObject>()] : [.. Flatten(node, sequence)];
        return parts is [var only] && known.Contains(TypeOf(only))
            ? only
            : throw Unsupported(name, string.Join(" or ", known), parts.Length == 0 ? "none" : string.Join(", ", parts.Select(TypeOf)));
    }

    /// <returns>The parts of a sequence, or the part itself.</returns>
    private static IEnumerable<JsonObject> Flatten(JsonNode? node, string sequence) => node switch
    {
        null => [],
        JsonObject part when TypeOf(part) == "Sequence" => (part[sequence]?.AsArray() ?? []).SelectMany(child => Flatten(child, sequence)),
        _ => [node.AsObject()],
    };

    // Old files name no type of model.
    private static string TypeOf(JsonObject part) =>
        part["type"]?.GetValue<string>() ?? (part.ContainsKey("max_input_chars_per_word") ? "WordPiece" : "a part without type");

    private int IdInVocabulary(string token, int size) =>
        Vocabulary.IsPlain(token) && ids.TryGetValue(token, out var id) && id < size ? id : throw Invalid("model.unk_token", "a token of the vocabulary", $"'{token}'");

    private InputRejectedException Invalid(string part, string expected, string found) =>
        new(ErrorRules.TokenizerInvalid, $"{source}, {part}", expected, found, "Save the tokenizer again with save_pretrained.");

    private InputRejectedException Unsupported(string part, string expected, string found) =>
        new(ErrorRules.TokenizerUnsupported, $"{source}, {part}", expected, found, "Choose a BERT or DistilBERT model with a WordPiece tokenizer.");
}
