using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Core.Tests.Tokenizing;

public sealed class TokenizerJsonTests
{
    private static readonly string[] vocabulary = [.. Vocabulary.SpecialTokens, "good", "Good", "film", "##s", "schon", "schön", "中", "国", "中国", "url", "a", "b", "user"];

    [Theory]
    [InlineData("""{"lowercase": true}""", "Good schön", "good schon")]
    [InlineData("""{"lowercase": false}""", "Good schön", "Good schön")]
    [InlineData("""{"lowercase": false, "strip_accents": true}""", "Good schön", "Good schon")]
    [InlineData("""{"lowercase": true, "strip_accents": false}""", "Good schön", "good schön")]
    [InlineData("""{"handle_chinese_chars": true}""", "中国", "中 国")]
    [InlineData("""{"handle_chinese_chars": false}""", "中国", "中国")]
    [InlineData("""{"clean_text": true}""", "go\u200bod films", "good film ##s")]
    [InlineData("""{"clean_text": false}""", "go\u200bod films", "[UNK] film ##s")]
    public void Normalizer_options_decide_about_the_tokens(string options, string text, string tokens)
    {
        var json = Create();
        foreach (var (name, value) in JsonNode.Parse(options)!.AsObject())
            json["normalizer"]![name] = value?.DeepClone();

        Assert.Equal(tokens, Tokens(Parse(json).Tokenizer, text));
    }

    [Theory]
    [InlineData("""{"id": 18, "content": "[URL]", "normalized": false}""", "a [URL] b", "a [URL] b")]
    [InlineData("""{"id": 18, "content": "[URL]", "normalized": false}""", "a [url] b", "a [UNK] url [UNK] b")]
    [InlineData("""{"id": 18, "content": "[URL]", "normalized": true}""", "a [url] b", "a [URL] b")]
    [InlineData("""{"id": 18, "content": "USER", "normalized": false}""", "aUSERs", "a USER [UNK]")]
    [InlineData("""{"id": 18, "content": "USER", "normalized": false, "single_word": true}""", "aUSERs USER", "[UNK] USER")]
    [InlineData("""{"id": 18, "content": "[A] [B]", "normalized": false}""", "[A] [B]", "[A] [B]")]
    [InlineData("""{"id": 18, "content": "<x>", "normalized": false}""", "a<x>b", "a <x> b")]
    [InlineData("""{"id": 16, "content": "b", "normalized": false, "special": true}""", "ab", "a b")]
    [InlineData("""{"id": 18, "content": "<x>", "normalized": false, "lstrip": true, "rstrip": true}""", "a  <x>  <x>  b", "a <x> <x> b")]
    public void Added_tokens_are_found_before_the_text_is_split(string token, string text, string tokens)
    {
        var json = Create();
        json["added_tokens"]!.AsArray().Add(JsonNode.Parse(token));

        Assert.Equal(tokens, Tokens(Parse(json).Tokenizer, text));
    }

    [Theory]
    [InlineData("model.type", "\"BPE\"", "WordPiece", "BPE")]
    [InlineData("model.type", "\"Unigram\"", "WordPiece", "Unigram")]
    [InlineData("normalizer.type", "\"NFKC\"", "BertNormalizer", "NFKC")]
    [InlineData("normalizer", """{"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}]}""", "one normalizer", "NFD, StripAccents")]
    [InlineData("pre_tokenizer.type", "\"Metaspace\"", "BertPreTokenizer", "Metaspace")]
    [InlineData("pre_tokenizer", "null", "BertPreTokenizer", "none")]
    [InlineData("post_processor", "null", "TemplateProcessing", "none")]
    [InlineData("post_processor.single", """[{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 1}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}]""", "one token before the text", "Sequence")]
    [InlineData("added_tokens", """[{"id": 18, "content": "\u0301", "normalized": true}]""", "normalization leaves something", "\u0301")]
    [InlineData("post_processor.single", """[{"Sequence": {"id": "A", "type_id": 0}}]""", "one token before the text", "Sequence")]
    public void A_part_that_is_not_supported_is_refused_by_its_name(string path, string value, string expected, string found)
    {
        var e = Assert.Throws<InputRejectedException>(() => Parse(With(path, value)));

        Assert.Equal("tokenizer-unsupported", e.Rule);
        Assert.Contains($"tokenizer.json, {path.Replace(".type", "", StringComparison.Ordinal)}", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Contains(found, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.vocab", "[]")]
    [InlineData("model.vocab", """{"[UNK]": -1}""")]
    [InlineData("model.vocab", """{"[UNK]": 2000000000}""")]
    [InlineData("model.vocab", """{"[UNK]": 0.5}""")]
    [InlineData("model.vocab", """{"[UNK]": 0, "[CLS]": 0}""")]
    [InlineData("model.unk_token", "\"<none>\"")]
    [InlineData("model.max_input_chars_per_word", "\"many\"")]
    [InlineData("model.max_input_chars_per_word", "0")]
    [InlineData("model.max_input_chars_per_word", "1000000000")]
    [InlineData("added_tokens", """[{"id": 7, "content": "good"}]""")]
    [InlineData("added_tokens", """[{"id": 7}]""")]
    [InlineData("added_tokens", """[{"id": 30, "content": "<x>"}]""")]
    [InlineData("added_tokens", """[{"id": 18, "content": "<x>"}, {"id": 18, "content": "<y>"}]""")]
    [InlineData("added_tokens", """[{"id": 18, "content": "<x>", "special": true}, {"id": 18, "content": "<x>", "special": false}]""")]
    [InlineData("added_tokens", "3")]
    [InlineData("model.unk_token", "\"\"")]
    [InlineData("model.vocab", """{"": 0, "[CLS]": 1, "[SEP]": 2}""")]
    [InlineData("model.continuing_subword_prefix", "\" \"")]
    [InlineData("post_processor", """{"type": "BertProcessing", "cls": ["[CLS]", 1999999], "sep": ["[SEP]", 3]}""")]
    [InlineData("post_processor", """{"type": "BertProcessing", "cls": ["[CLS]", 4], "sep": ["[SEP]", 3]}""")]
    [InlineData("post_processor", """{"type": "BertProcessing", "cls": ["none", 2], "sep": ["[SEP]", 3]}""")]
    [InlineData("post_processor", """{"type": "BertProcessing", "cls": [2, 2], "sep": ["[SEP]", 3]}""")]
    [InlineData("normalizer", "[]")]
    [InlineData("post_processor.special_tokens", """{"[CLS]": {"ids": ["2"]}}""")]
    public void A_damaged_file_is_refused(string path, string value) =>
        Assert.Equal("tokenizer-invalid", Assert.Throws<InputRejectedException>(() => Parse(With(path, value))).Rule);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"model\": 1, \"model\": 2}")]
    [InlineData("version https://git-lfs.github.com/spec/v1")]
    [InlineData("{\"\\ud800\": 1}")]
    public void A_file_that_is_no_json_object_is_refused(string content) =>
        Assert.Equal("tokenizer-invalid", Assert.Throws<InputRejectedException>(() => TokenizerJson.Parse(Encoding.UTF8.GetBytes(content), "tokenizer.json")).Rule);

    [Fact]
    public void Only_the_tokenizer_of_an_uncased_model_equals_that_of_its_vocabulary()
    {
        var cased = Create();
        cased["normalizer"]!["lowercase"] = false;
        var longWords = With("model.max_input_chars_per_word", "10");

        Assert.Equal(Vocabulary.Write(vocabulary), Parse(Create()).Tokenizer.UncasedVocabulary());
        Assert.Null(Parse(cased).Tokenizer.UncasedVocabulary());
        Assert.Null(Parse(longWords).Tokenizer.UncasedVocabulary());
        Assert.Null(Parse(Create()).With([new AddedToken(18, "[URL]")]).Tokenizer.UncasedVocabulary());
    }

    [Fact]
    public void A_written_file_keeps_the_tokens_and_says_how_texts_are_cleaned_and_cut()
    {
        var json = Create();
        json["padding"] = new JsonObject { ["pad_id"] = 0 };
        var written = JsonNode.Parse(Parse(json).Write(removeMarkup: true, maxLength: 64, cutStart: false))!;
        var read = Parse(written);

        Assert.True(read.RemovesMarkup);
        Assert.Equal("good film ##s", Tokens(read.Tokenizer, "Good films"));
        Assert.Equal((64, "Right"), ((int)written["truncation"]!["max_length"]!, (string?)written["truncation"]!["direction"]));
        Assert.Null(written["padding"]);
        Assert.Equal(written.ToJsonString(), JsonNode.Parse(read.Write(removeMarkup: true, maxLength: 64, cutStart: false))!.ToJsonString());
    }

    [Fact]
    public void A_file_for_texts_with_markup_does_not_remove_it()
    {
        var cleaning = TokenizerJson.Parse(Parse(Create()).Write(removeMarkup: true, maxLength: 64, cutStart: true), "tokenizer.json");
        var written = JsonNode.Parse(cleaning.Write(removeMarkup: false, maxLength: 64, cutStart: true))!;

        Assert.False(Parse(written).RemovesMarkup);
        Assert.Equal("BertNormalizer", (string?)written["normalizer"]!["type"]);
        Assert.Equal("Left", (string?)written["truncation"]!["direction"]);
    }

    [Fact]
    public void The_normalizers_of_a_written_file_clean_as_the_pipeline_does()
    {
        var parts = JsonNode.Parse(Parse(Create()).Write(removeMarkup: true, maxLength: 64, cutStart: false))!["normalizer"]!["normalizers"]!.AsArray();
        var patterns = parts.Take(2).Select(part => new Regex((string)part!["pattern"]!["Regex"]!, RegexOptions.CultureInvariant)).ToArray();
        var random = new Random(3);

        for (var i = 0; i < 20_000; i++)
        {
            var text = HostileText.WriteMarkup(random);
            Assert.Equal(TextCleaner.Clean(text), patterns.Aggregate(text, (rest, pattern) => pattern.Replace(rest, " ")).Trim(' '));
        }
    }

    private static JsonObject Create() =>
        JsonNode.Parse(TokenizerJson.FromVocabulary(vocabulary, new BertSettings(), "vocab.txt").Write(removeMarkup: false, maxLength: 512, cutStart: false))!.AsObject();

    private static JsonObject With(string path, string value)
    {
        var json = Create();
        var names = path.Split('.');
        var parent = names.SkipLast(1).Aggregate((JsonNode)json, (node, name) => node[name]!);
        parent[names[^1]] = JsonNode.Parse(value);
        return json;
    }

    private static TokenizerJson Parse(JsonNode json) => TokenizerJson.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), "tokenizer.json");

    /// <returns>The tokens of a text without those around it.</returns>
    private static string Tokens(ModelTokenizer tokenizer, string text) => string.Join(' ', tokenizer.Encode(text)[1..^1].Select(id => tokenizer.Tokens[id]));
}
