using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Outputs;
using ImdbPipeline.Cli.Scoring;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Cli.Watching;
using ImdbPipeline.Core.Datasets;
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
            "imdb score tickets.csv --task tickets --output scored.csv",
            "imdb score texts.jsonl --model my-model --output scores.jsonl",
            "cat texts.jsonl | imdb score - > scores.jsonl")
    {
        var input = new Argument<string>("input") { Description = $"A file ({IncomingFormat.Extensions}), a single text, or - for JSON lines on stdin." };
        var model = new Option<string?>("--model") { Description = "A model folder, a published version, or a task for its champion. Default: the champion of --task.", HelpName = "folder|version|task" };
        var task = new TaskOption("The task whose champion scores. Default: default.");
        var precision = new Option<ScoringPrecision?>("--precision")
        {
            CustomParser = OptionValues.Choice<ScoringPrecision>,
            Description = "auto takes the fastest on this machine. bf16 and int8 only for models that lose at most 0.2 points of validation accuracy. Default: fp32.",
            HelpName = OptionValues.Names<ScoringPrecision>(),
        };
        var output = new ScoreOutputOption();
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
            if (source != Stdin && !IsPath(source))
            {
                // Another model or precision than the host's is loaded here.
                var isChampion = parsed.GetValue(model) is null or ModelSource.Champion && parsed.GetValue(precision) is null;
                return await ScoreTextAsync(session, source, isChampion ? parsed.GetValue(task) ?? LabelledTask.Default : null, LoadAsync, parsed.GetValue(output), cancellationToken);
            }
            await using var stream = source == Stdin ? Console.OpenStandardInput() : BlobUpload.OpenFile(source);
            var format = source == Stdin ? new IncomingFormat(TableFormat.Jsonl, Gzip: false) : FormatOf(source);
            var (file, scoreFormat) = ScoredRows.Open(parsed.GetValue(output), source == Stdin ? null : source, source == Stdin ? 0 : stream.Length);
            using (file)
            {
                var scorer = await LoadAsync();
                var rows = IncomingRows.ReadOriginal(stream, source, format, new ScoringLimits(), columns.Read(parsed), taken => session.Note(Taken(taken)));
                // Reading stdin blocks, which must not keep Ctrl+C waiting.
                return await Task.Run(() => new ScoredRows(session, file, scoreFormat, scorer.Labels).Write(TextBatches.Score(scorer, rows, cancellationToken)), cancellationToken);
            }
        });
    }

    private static string Taken(IReadOnlyDictionary<string, string> columns) => $"Columns: {string.Join(", ", columns.Select(column => $"{column.Key} from '{column.Value}'"))}.";

    /// <summary>Whether the input is a file, or looks like a mistyped path to one.</summary>
    private static bool IsPath(string input) =>
        Path.Exists(input) || IncomingFormat.Find(input) is not null || (input.Length > 0 && !input.Any(char.IsWhiteSpace) && (input.AsSpan().IndexOfAny('/', '\\') >= 0 || Path.GetExtension(input).Length is > 1 and < 8));

    private static IncomingFormat FormatOf(string path) => IncomingFormat.Find(path)
        ?? throw new CommandFailedException(ExitCode.WrongUsage, $"{path}: expected a file ending in {IncomingFormat.Extensions}, found another. Rename the file, or pass its lines as JSON on stdin.");

    private static async Task<ExitCode> ScoreTextAsync(Session session, string text, string? task, Func<Task<ITextScorer>> load, string? output, CancellationToken cancellationToken)
    {
        if (output is not null)
            throw new CommandFailedException(ExitCode.WrongUsage, "--output: expected an input file, found a single text. Omit the option.");
        if (string.IsNullOrWhiteSpace(text))
            throw new CommandFailedException(ExitCode.WrongUsage, "input: expected a file, a text or -, found an empty text. Pass a text.");
        var record = (task is null ? null : await RunningHost.TryScoreAsync(await session.ConnectAsync(cancellationToken), text, task, cancellationToken)) ?? await ScoreHereAsync();
        return session.Print(record, page => PredictionScreen.Show(page, record));

        async Task<ScoreRecord> ScoreHereAsync()
        {
            var scorer = await load();
            return ScoreRecord.Of(1, null, scorer.Model, scorer.Score([text], progress: null, cancellationToken)[0]);
        }
    }
}
