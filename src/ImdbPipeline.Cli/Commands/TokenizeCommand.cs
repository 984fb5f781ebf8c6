using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Cli.Tokenizing;
using ImdbPipeline.Cli.Watching;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.ModelFolders;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb tokenize</c>: converts texts to token ids.</summary>
internal sealed class TokenizeCommand : ImdbCommand
{
    private const int MinLength = 3;
    private const int DefaultLength = 512;

    public TokenizeCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "tokenize", "Converts JSON lines {\"text\"} to JSON lines {\"ids\"}: WordPiece token IDs with [CLS] and [SEP], identical to Hugging Face's.",
            "imdb tokenize texts.jsonl --vocab my-model > ids.jsonl",
            "echo '{\"text\": \"Not bad at all.\"}' | imdb tokenize --vocab vocab.txt")
    {
        var file = new Argument<string>("file") { Description = "A JSON lines file, or - for stdin.", DefaultValueFactory = _ => "-" };
        var vocab = new Option<string>("--vocab") { Description = "A model folder, its tokenizer.json, or the vocab.txt of an uncased model.", HelpName = "folder|file", Required = true };
        var maxLength = new Option<int?>("--max-length")
        {
            Description = $"Maximum length of a text in tokens, including [CLS] and [SEP]. Default: {DefaultLength}.",
            HelpName = "number",
            CustomParser = OptionValues.Whole,
        };
        maxLength.Validators.Add(result =>
        {
            if (result.GetValue(maxLength) is < MinLength)
                result.AddError($"--max-length: expected at least {MinLength}, found {result.GetValue(maxLength)}.");
        });
        var truncation = new Option<Truncation?>("--truncation")
        {
            Description = "Which part of a longer text is kept. Default: head.",
            HelpName = OptionValues.Names<Truncation>(),
            CustomParser = OptionValues.Choice<Truncation>,
        };
        Add(file);
        Add(vocab);
        Add(maxLength);
        Add(truncation);
        SetHandler(async (session, parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(vocab);
            var lines = new TokenizeLines(await ReadTokenizerAsync(path, cancellationToken), parsed.GetValue(maxLength) ?? DefaultLength, parsed.GetValue(truncation) ?? Truncation.Head);
            var source = parsed.GetRequiredValue(file);
            if (source == "-")
            {
                await lines.RunAsync(session.Terminal.Input, "stdin", session, cancellationToken);
                return ExitCode.Ok;
            }
            using var reader = new StreamReader(BlobUpload.OpenFile(source), StrictEncoding.Utf8);
            await lines.RunAsync(reader, source, session, cancellationToken);
            return ExitCode.Ok;
        });
    }

    private static async Task<TextTokenizer> ReadTokenizerAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
            return Cleaning(ModelFiles.Read(path).Tokenizer);
        await using var file = BlobUpload.OpenFile(path);
        using var content = new MemoryStream();
        await file.CopyToAsync(content, cancellationToken);
        var bytes = content.ToArray();
        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? Cleaning(TokenizerJson.Parse(bytes, path))
            : new TextTokenizer(ModelTokenizer.FromVocabulary(bytes, path), stripMarkup: false);

        static TextTokenizer Cleaning(TokenizerJson tokenizer) => new(tokenizer.Tokenizer, tokenizer.RemovesMarkup);
    }
}
