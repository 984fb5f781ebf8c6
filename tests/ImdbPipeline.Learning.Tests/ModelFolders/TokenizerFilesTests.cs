using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Learning.Tests.ModelFolders;

/// <summary>What the tokenizer files of a model folder say is followed or refused by name.</summary>
public sealed class TokenizerFilesTests : IDisposable
{
    private static readonly string[] vocabulary = [.. Vocabulary.SpecialTokens, "good", "Good", "schon", "schön", "中", "国", "中国", "url", "<s>", "</s>", "<unk>", "<pad>", "<mask>"];

    private readonly TemporaryFolder folder = new();

    public TokenizerFilesTests()
    {
        folder.Write("config.json", """{"model_type": "bert"}""");
        folder.Write("vocab.txt", Vocabulary.Write(vocabulary));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("{}", "Good schön 中国", "good schon 中 国")]
    [InlineData("""{"do_lower_case": false}""", "Good schön", "Good schön")]
    [InlineData("""{"do_lower_case": false, "strip_accents": true}""", "Good schön", "Good schon")]
    [InlineData("""{"strip_accents": false}""", "Good schön", "good schön")]
    [InlineData("""{"tokenize_chinese_chars": false}""", "中国", "中国")]
    public void A_vocabulary_is_used_as_tokenizer_config_json_says(string config, string text, string tokens)
    {
        folder.Write("tokenizer_config.json", config);

        Assert.Equal(tokens, Tokens(text));
    }

    [Theory]
    [InlineData("""{"tokenizer_class": "BertTokenizer", "do_lower_case": true, "strip_accents": null, "tokenize_chinese_chars": true}""")]
    [InlineData("""{"tokenizer_class": "BertTokenizerFast"}""")]
    // Transformers ignores the settings of a generic class.
    [InlineData("""{"tokenizer_class": "PreTrainedTokenizerFast", "do_lower_case": false}""")]
    public void Tokenizer_json_decides_about_the_tokens(string config)
    {
        WriteTokenizerJson();
        folder.Write("tokenizer_config.json", config);

        Assert.Equal("good", Tokens("Good"));
    }

    [Theory]
    [InlineData("do_lower_case", "false", "true")]
    [InlineData("strip_accents", "false", "true")]
    [InlineData("tokenize_chinese_chars", "false", "true")]
    [InlineData("unk_token", "\"good\"", "[UNK]")]
    public void A_setting_of_BERT_that_contradicts_tokenizer_json_is_refused_by_its_name(string setting, string found, string expected)
    {
        WriteTokenizerJson();
        folder.Write("tokenizer_config.json", $$"""{"tokenizer_class": "BertTokenizer", "{{setting}}": {{found}}}""");
        var e = Assert.Throws<InputRejectedException>(() => ModelFiles.Read(folder.Path));

        Assert.Equal("tokenizer-invalid", e.Rule);
        Assert.Contains($"expected {setting} {expected} in tokenizer_config.json, as in tokenizer.json, found {found.Trim('"')}", e.Message);
    }

    [Fact]
    public void Accents_that_follow_lower_casing_contradict_a_tokenizer_that_keeps_them()
    {
        folder.Write("tokenizer.json", TokenizerJson.FromVocabulary(vocabulary, new BertSettings { StripAccents = false }, "vocab.txt").Write(removeMarkup: false, maxLength: 512, cutStart: false));
        folder.Write("tokenizer_config.json", """{"tokenizer_class": "BertTokenizer", "strip_accents": null}""");

        Assert.Contains("expected strip_accents false", Assert.Throws<InputRejectedException>(() => ModelFiles.Read(folder.Path)).Message);
    }

    [Fact]
    public void A_link_to_a_missing_file_is_refused_by_its_name()
    {
        File.CreateSymbolicLink(folder["tokenizer.json"], "gone");

        var e = Assert.Throws<InputRejectedException>(() => ModelFiles.Read(folder.Path));

        Assert.Equal("model-file-unreadable", e.Rule);
        Assert.Contains("tokenizer.json", e.Message);
    }

    [Fact]
    public void Empty_lines_at_the_end_of_a_vocabulary_are_no_tokens()
    {
        folder.Write("vocab.txt", [.. Vocabulary.Write(vocabulary), .. "\n\r\n"u8]);

        Assert.Equal(vocabulary.Length, ModelFiles.Read(folder.Path).Tokenizer.Tokenizer.Tokens.Count);
    }

    [Fact]
    public void A_folder_needs_no_vocabulary_beside_tokenizer_json()
    {
        WriteTokenizerJson();
        File.Delete(folder["vocab.txt"]);

        Assert.Equal("good", Tokens("Good"));
    }

    [Theory]
    [InlineData("added_tokens.json", """{"[URL]": 18}""")]
    [InlineData("special_tokens_map.json", """{"additional_special_tokens": ["[URL]"]}""")]
    [InlineData("special_tokens_map.json", """{"additional_special_tokens": [{"content": "[URL]", "lstrip": false}]}""")]
    [InlineData("tokenizer_config.json", """{"additional_special_tokens": ["[URL]"]}""")]
    [InlineData("tokenizer_config.json", """{"extra_special_tokens": {"url_token": "[URL]"}}""")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"18": {"content": "[URL]", "special": true}}}""")]
    public void Tokens_that_another_file_adds_are_found_in_texts(string file, string content)
    {
        folder.Write(file, content);
        Assert.Equal("good [URL] good", Tokens("good [URL] good"));

        WriteTokenizerJson();
        Assert.Equal("good [URL] good", Tokens("good [URL] good"));
    }

    [Fact]
    public void The_settings_of_an_added_token_are_followed()
    {
        folder.Write("special_tokens_map.json", """{"additional_special_tokens": [{"content": "url", "single_word": true, "normalized": true}]}""");

        Assert.Equal("[UNK] url", Tokens("goodurl URL"));
    }

    [Theory]
    [InlineData("special_tokens_map.json")]
    [InlineData("tokenizer_config.json")]
    public void Special_tokens_have_the_names_that_the_files_give_them(string file)
    {
        folder.Write(file, """{"cls_token": "<s>", "sep_token": {"content": "</s>"}, "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>"}""");
        var tokenizer = ModelFiles.Read(folder.Path).Tokenizer.Tokenizer;

        Assert.Equal(["<s>", "<unk>", "<mask>", "</s>"], tokenizer.Encode("other <mask>").Select(id => tokenizer.Tokens[id]));
        Assert.Equal("<mask>", tokenizer.Tokens[tokenizer.MaskId!.Value]);
    }

    [Theory]
    [InlineData("""{"tokenizer_class": "BertJapaneseTokenizer"}""", "tokenizer_class", "BertJapaneseTokenizer")]
    [InlineData("""{"tokenizer_class": "HerbertTokenizerFast"}""", "tokenizer_class", "HerbertTokenizer")]
    [InlineData("""{"do_basic_tokenize": false}""", "do_basic_tokenize", "false")]
    [InlineData("""{"clean_text": false}""", "clean_text", "false")]
    [InlineData("""{"never_split": ["good"]}""", "never_split", "good")]
    [InlineData("""{"split_special_tokens": true}""", "split_special_tokens", "true")]
    [InlineData("""{"model_max_length": 0}""", "model_max_length", "0")]
    [InlineData("""{"model_max_length": -5}""", "model_max_length", "-5")]
    [InlineData("""{"model_max_length": "8"}""", "model_max_length", "8")]
    [InlineData("""{"truncation_side": "Left"}""", "truncation_side", "Left")]
    public void A_setting_that_is_not_supported_is_refused_by_its_name(string config, string setting, string found)
    {
        folder.Write("tokenizer_config.json", config);
        var e = Assert.Throws<InputRejectedException>(() => ModelFiles.Read(folder.Path));

        Assert.Equal("tokenizer-unsupported", e.Rule);
        Assert.Contains($"tokenizer_config.json, {setting}", e.Message);
        Assert.Contains(found, e.Message);
    }

    [Theory]
    [InlineData("tokenizer_config.json", "[]")]
    [InlineData("tokenizer_config.json", "{\"do_lower_case\": \"yes\"}")]
    [InlineData("added_tokens.json", "{\"good\": 3}")]
    [InlineData("added_tokens.json", "{\"[URL]\": \"three\"}")]
    [InlineData("special_tokens_map.json", "{")]
    [InlineData("tokenizer_config.json", "{\"added_tokens_decoder\": {\"three\": {\"content\": \"[URL]\"}}}")]
    [InlineData("tokenizer_config.json", "{\"added_tokens_decoder\": {\"19\": {\"content\": \"[URL]\"}}}")]
    [InlineData("tokenizer_config.json", "{\"unk_token\": {\"content\": \"[UNK]\", \"lstrip\": true}}")]
    [InlineData("tokenizer_config.json", "{\"truncation_side\": \"\\ud800\"}")]
    [InlineData("tokenizer_config.json", "{\"\\ud800\": 1}")]
    [InlineData("added_tokens.json", "{\"[URL]\": 3}")]
    public void A_damaged_or_contradictory_file_is_refused(string file, string content)
    {
        folder.Write(file, content);

        Assert.Equal("tokenizer-invalid", Assert.Throws<InputRejectedException>(() => ModelFiles.Read(folder.Path)).Rule);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("vocab.txt")]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer_config.json")]
    public void A_Git_LFS_pointer_says_to_pull(string file)
    {
        folder.Write(file, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 267844284\n");
        var e = Assert.Throws<InputRejectedException>(() => ModelFiles.Read(folder.Path));

        Assert.Equal("git-lfs-pointer", e.Rule);
        Assert.Contains("git lfs pull", e.Message);
        Assert.Contains(file, e.Message);
    }

    [Fact]
    public void Weights_that_are_a_Git_LFS_pointer_say_to_pull()
    {
        using var model = new TemporaryFolder();
        var path = model.CopyOf("bert-nano");
        File.WriteAllText(Path.Combine(path, "model.safetensors"), "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 267844284\n");

        var e = Assert.Throws<InputRejectedException>(() => EncoderLoader.LoadModel(path));

        Assert.Equal("git-lfs-pointer", e.Rule);
        Assert.Contains("git lfs pull", e.Message);
    }

    [Theory]
    [InlineData("""{"model_max_length": 64}""", 64, Truncation.Head)]
    [InlineData("""{"model_max_length": 1000000000000000019884624838656, "truncation_side": "left"}""", null, Truncation.Tail)]
    [InlineData("""{"model_max_length": 1e30, "truncation_side": "right"}""", null, Truncation.Head)]
    [InlineData("{}", null, Truncation.Head)]
    public void The_length_and_the_side_to_cut_are_read(string config, int? length, Truncation truncation)
    {
        folder.Write("tokenizer_config.json", config);
        var files = ModelFiles.Read(folder.Path);

        Assert.Equal((length, truncation), (files.MaxLength, files.Truncation));
    }

    [Fact]
    public void A_folder_without_a_tokenizer_names_the_files_it_could_have()
    {
        File.Delete(folder["vocab.txt"]);

        Assert.Contains("tokenizer.json or vocab.txt", Assert.Throws<InputRejectedException>(() => ModelFiles.Read(folder.Path)).Message);
    }

    private void WriteTokenizerJson() =>
        folder.Write("tokenizer.json", TokenizerJson.FromVocabulary(vocabulary, new BertSettings(), "vocab.txt").Write(removeMarkup: false, maxLength: 512, cutStart: false));

    private string Tokens(string text)
    {
        var tokenizer = ModelFiles.Read(folder.Path).Tokenizer.Tokenizer;
        return string.Join(' ', tokenizer.Encode(text)[1..^1].Select(id => tokenizer.Tokens[id]));
    }
}
