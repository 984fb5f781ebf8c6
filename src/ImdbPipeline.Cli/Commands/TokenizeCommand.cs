using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Cli.Tokenizing;
using ImdbPipeline.Cli.Watching;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Data;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb tokenize</c>: converts texts to token ids.</summary>
internal sealed class TokenizeCommand : ImdbCommand
{
    private const int MinLength = 3;
    private const int DefaultLength = 512;

    public TokenizeCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "tokenize", "Converts JSON lines {\"text\"} to JSON lines {\"ids\"}: WordPiece token IDs with [CLS] and [SEP], identical to those of Hugging Face's BERT tokenizer.",
            "imdb tokenize texts.jsonl --vocab my-model/tokenizer.json > ids.jsonl",
            "echo '{\"text\": \"Not bad at all.\"}' | imdb tokenize --vocab vocab.txt")
    {
        var file = new Argument<string>("file") { Description = "A JSON lines file, or - for stdin.", DefaultValueFactory = _ => "-" };
        var vocab = new Option<string>("--vocab") { Description = "The model's tokenizer.json, or the vocab.txt of an uncased model.", HelpName = "file", Required = true };
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
            await using var vocabulary = BlobUpload.OpenFile(path);
            using var bytes = new MemoryStream();
            await vocabulary.CopyToAsync(bytes, cancellationToken);
            var lines = new TokenizeLines(ReadTokenizer(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), path), parsed.GetValue(maxLength) ?? DefaultLength, parsed.GetValue(truncation) ?? Truncation.Head);
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

    private static TextTokenizer ReadTokenizer(ReadOnlySpan<byte> content, string path)
    {
        if (!path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            return new TextTokenizer(ModelTokenizer.FromVocabulary(content, path), stripMarkup: false);
        var tokenizer = TokenizerJson.Parse(content, path);
        return new TextTokenizer(tokenizer.Tokenizer, tokenizer.RemovesMarkup);
    }
}
