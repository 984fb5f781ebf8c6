using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Scoring;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Cli.Watching;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb score</c>: scores in this process, without uploading to <c>incoming</c>.</summary>
internal sealed class ScoreCommand : ImdbCommand
{
    private const string Stdin = "-";

    public ScoreCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "score", "Scores a text or a file of texts on this machine, with the champion in storage or a model folder.",
            "imdb score \"The villain is superb, but the script buries the whole thing.\"",
            "imdb score texts.jsonl --model my-model --output scores.jsonl",
            "cat texts.jsonl | imdb score - > scores.jsonl")
    {
        var input = new Argument<string>("input") { Description = $"A file ({IncomingFormat.Extensions}), a single text, or - for JSON lines on stdin." };
        var model = new Option<string?>("--model") { Description = "A model folder. Default: the champion in storage.", HelpName = "folder" };
        var task = new TaskOption("The task whose champion scores. Default: default.");
        var precision = new Option<ScoringPrecision?>("--precision")
        {
            CustomParser = OptionValues.Choice<ScoringPrecision>,
            Description = "auto takes the fastest on this machine. bf16 and int8 only for models that lose at most 0.2 points of validation accuracy. Default: fp32.",
            HelpName = OptionValues.Names<ScoringPrecision>(),
        };
        var output = new Option<string?>("--output") { Description = "Output file for the score records. Default: stdout.", HelpName = "file" };
        var columns = new ColumnOptions(hasLabel: false);
        Add(input);
        foreach (var option in columns.All)
            Add(option);
        Add(model);
        Add(task);
        Add(precision);
        Add(output);
        SetHandler(async (session, parsed, cancellationToken) =>
        {
            var source = parsed.GetRequiredValue(input);
            async Task<ITextScorer> LoadAsync() => await ModelSource.LoadAsync(session, parsed.GetValue(model), parsed.GetValue(task), parsed.GetValue(precision) ?? ScoringPrecision.Fp32, cancellationToken);
            if (source != Stdin && !IsFile(source))
                return await ScoreTextAsync(session, source, LoadAsync, parsed.GetValue(output), cancellationToken);
            await using var stream = source == Stdin ? Console.OpenStandardInput() : BlobUpload.OpenFile(source);
            var scorer = await LoadAsync();
            var format = source == Stdin ? new IncomingFormat(TableFormat.Jsonl, Gzip: false) : IncomingFormat.Of(Path.GetFileName(source));
            var scores = TextBatches.Score(scorer, IncomingRows.Read(stream, source, format, new ScoringLimits(), columns.Read(parsed), taken => session.Note(Taken(taken))), cancellationToken);
            // Reading stdin blocks, which must not keep Ctrl+C waiting.
            return await Task.Run(() => new ScoredRows(session, parsed.GetValue(output)).WriteAsync(scores, cancellationToken), cancellationToken);
        });
    }

    private static string Taken(IReadOnlyDictionary<string, string> columns) => $"Columns: {string.Join(", ", columns.Select(column => $"{column.Key} from '{column.Value}'"))}.";

    // A missing "texts.jsonl" is a mistyped path, not a text.
    private static bool IsFile(string input) =>
        File.Exists(input) || (!input.Contains(' ', StringComparison.Ordinal) && Path.GetExtension(input).Length is > 1 and < 8);

    private static async Task<ExitCode> ScoreTextAsync(Session session, string text, Func<Task<ITextScorer>> load, string? output, CancellationToken cancellationToken)
    {
        if (output is not null)
            throw new CommandFailedException(ExitCode.WrongUsage, "--output: expected an input file, found a single text. Omit the option.");
        if (string.IsNullOrWhiteSpace(text))
            throw new CommandFailedException(ExitCode.WrongUsage, "input: expected a file, a text or -, found an empty text. Pass a text.");
        var scorer = await load();
        var record = ScoreRecord.Of(1, null, scorer.Model, scorer.Score([text], progress: null, cancellationToken)[0]);
        if (session.Json)
            session.PrintJson(record);
        else
            PredictionScreen.Show(session.Terminal.Page, record);
        return ExitCode.Ok;
    }
}
