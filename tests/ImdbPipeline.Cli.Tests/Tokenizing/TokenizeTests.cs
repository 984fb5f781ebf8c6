using System.Text.Json;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Cli.Tests.Tokenizing;

public sealed class TokenizeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Vocab => folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nnot\nbad\nat\nall\n.\n##ly\n");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Each_line_with_a_text_becomes_a_line_with_its_token_ids()
    {
        var terminal = new FakeTerminal("{\"text\": \"Not bad at all.\"}\n\n{\"text\": \"Badly\", \"id\": 7}\n");

        Assert.Equal(ExitCode.Ok, await terminal.RunAsync("tokenize", "--vocab", Vocab));
        Assert.Equal("{\"ids\":[2,5,6,7,8,9,3]}\n{\"ids\":[2,6,10,3]}\n", terminal.Output);
        Assert.Empty(terminal.Error);
    }

    [Theory]
    [InlineData("head", "{\"ids\":[2,5,6,3]}\n")]
    [InlineData("tail", "{\"ids\":[2,8,9,3]}\n")]
    public async Task A_long_text_is_truncated_to_the_maximum_length(string truncation, string expected)
    {
        var terminal = new FakeTerminal("{\"text\": \"Not bad at all.\"}");

        Assert.Equal(ExitCode.Ok, await terminal.RunAsync("tokenize", "--vocab", Vocab, "--max-length", "4", "--truncation", truncation));
        Assert.Equal(expected, terminal.Output);
    }

    [Theory]
    [InlineData("head", 510, 0)]
    [InlineData("tail", 0, 510)]
    [InlineData("headTail", 128, 382)]
    public async Task A_text_of_more_than_512_tokens_keeps_exactly_510_of_them(string truncation, int first, int last)
    {
        const int Words = 1000;
        var terminal = new FakeTerminal(JsonSerializer.Serialize(new { text = Numbered(Words) }));

        Assert.Equal(ExitCode.Ok, await terminal.RunAsync("tokenize", "--vocab", NumberedVocab(Words), "--truncation", truncation));

        int[] expected = [2, .. Enumerable.Range(5, first), .. Enumerable.Range(5 + Words - last, last), 3];
        Assert.Equal(512, expected.Length);
        Assert.Equal($"{{\"ids\":[{string.Join(',', expected)}]}}\n", terminal.Output);
    }

    [Theory]
    [InlineData("head")]
    [InlineData("tail")]
    [InlineData("headTail")]
    public async Task A_text_of_512_tokens_is_not_truncated(string truncation)
    {
        var terminal = new FakeTerminal(JsonSerializer.Serialize(new { text = Numbered(510) }));

        Assert.Equal(ExitCode.Ok, await terminal.RunAsync("tokenize", "--vocab", NumberedVocab(510), "--truncation", truncation));
        Assert.Equal($"{{\"ids\":[2,{string.Join(',', Enumerable.Range(5, 510))},3]}}\n", terminal.Output);
    }

    [Theory]
    [InlineData("{\"text\": 3}", "a JSON object without one")]
    [InlineData("[1]", "a JSON array without one")]
    [InlineData("not json", "an invalid line")]
    [InlineData("{\"text\": \"\\ud800\"}", "an invalid line")]
    public async Task An_invalid_line_is_reported_by_its_number(string line, string found)
    {
        var terminal = new FakeTerminal($"{{\"text\": \"bad\"}}\n{line}\n");

        Assert.Equal(ExitCode.InputRejected, await terminal.RunAsync("tokenize", "--vocab", Vocab));
        Assert.Contains("stdin, line 2: expected a JSON object with a string \"text\", found " + found, terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_all_ids_are_printed_as_one_document()
    {
        var terminal = new FakeTerminal("{\"text\": \"bad\"}\n{\"text\": \"all\"}\n");

        Assert.Equal(ExitCode.Ok, await terminal.RunAsync("tokenize", "--vocab", Vocab, "--json"));
        using var document = JsonDocument.Parse(terminal.Output);
        Assert.Equal(2, document.RootElement.GetProperty("ids").GetArrayLength());
    }

    [Fact]
    public async Task A_vocabulary_without_special_tokens_is_rejected()
    {
        var path = folder.Write("bad.txt", "not\nbad\n");
        var terminal = new FakeTerminal("{\"text\": \"bad\"}");

        Assert.Equal(ExitCode.InputRejected, await terminal.RunAsync("tokenize", "--vocab", path));
        Assert.Contains("special tokens", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_ids_equal_those_of_the_reference_tokenizer()
    {
        var cases = JsonSerializer.Deserialize<JsonElement[]>(await File.ReadAllTextAsync(
            SharedFiles.RequireGolden("tricky-text.json"), TestContext.Current.CancellationToken))!;
        var input = string.Join('\n', cases.Select(c => JsonSerializer.Serialize(new { text = c.GetProperty("text").GetString() })));
        var terminal = new FakeTerminal(input);

        Assert.Equal(ExitCode.Ok, await terminal.RunAsync("tokenize", "--vocab", SharedFiles.Require("data/bert-base-uncased/vocab.txt")));

        var lines = terminal.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(cases.Length, lines.Length);
        for (var i = 0; i < cases.Length; i++)
            Assert.Equal($"{{\"ids\":{cases[i].GetProperty("ids").GetRawText().Replace(" ", "", StringComparison.Ordinal)}}}", lines[i]);
    }

    private static string Numbered(int words) => string.Join(' ', Enumerable.Range(0, words).Select(word => $"word{word}"));

    private string NumberedVocab(int words) => folder.Write("numbered.txt", $"[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n{Numbered(words).Replace(' ', '\n')}\n");
}
