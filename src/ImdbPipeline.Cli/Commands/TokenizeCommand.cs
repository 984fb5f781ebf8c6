using System.CommandLine;
using ImdbPipeline.Cli.Following;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Tokenizing;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Core.Training;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb tokenize</c>: texts in, word piece ids out.</summary>
internal sealed class TokenizeCommand : ImdbCommand
{
    private const int LeastLength = 3;
    private const int DefaultLength = 512;

    public TokenizeCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "tokenize", "Turns JSON lines {\"text\"} into JSON lines {\"ids\"}: WordPiece ids with [CLS] and [SEP], the same as Hugging Face's BERT tokenizer.",
            "imdb tokenize reviews.jsonl --vocab vocab.txt > ids.jsonl",
            "echo '{\"text\": \"Not bad at all.\"}' | imdb tokenize --vocab vocab.txt --max-length 128 --truncation headTail")
    {
        var file = new Argument<string>("file") { Description = "JSON lines, or - for stdin.", DefaultValueFactory = _ => "-" };
        var vocab = new Option<string>("--vocab") { Description = "The vocab.txt of a model: one word piece a line.", HelpName = "file", Required = true };
        var maxLength = new Option<int?>("--max-length")
        {
            Description = $"Word pieces a text keeps, [CLS] and [SEP] included. Default: {DefaultLength}.",
            HelpName = "number",
            CustomParser = OptionValues.Whole,
        };
        maxLength.Validators.Add(result =>
        {
            if (result.GetValue(maxLength) is < LeastLength)
                result.AddError($"--max-length: expected at least {LeastLength}, found {result.GetValue(maxLength)}.");
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
        Does(async (session, parsed, cancellationToken) =>
        {
            var vocabulary = parsed.GetRequiredValue(vocab);
            await using var pieces = BlobUpload.OpenFile(vocabulary);
            using var bytes = new MemoryStream();
            await pieces.CopyToAsync(bytes, cancellationToken);
            var tokenizer = WordPieceTokenizer.Create(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), vocabulary);
            var lines = new TokenizeLines(tokenizer, parsed.GetValue(maxLength) ?? DefaultLength, parsed.GetValue(truncation) ?? Truncation.Head);
            var source = parsed.GetRequiredValue(file);
            if (source == "-")
            {
                await lines.RunAsync(session.Terminal.Input, "stdin", session, cancellationToken);
                return ExitCode.Ok;
            }
            using var reader = new StreamReader(BlobUpload.OpenFile(source), TokenizeLines.StrictUtf8);
            await lines.RunAsync(reader, source, session, cancellationToken);
            return ExitCode.Ok;
        });
    }
}
