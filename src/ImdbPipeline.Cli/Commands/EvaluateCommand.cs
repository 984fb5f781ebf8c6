using System.CommandLine;
using ImdbPipeline.Cli.Evaluating;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Scoring;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Scoring;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb evaluate</c>: measures how well a model predicts an archive's labels.</summary>
internal sealed class EvaluateCommand : ImdbCommand
{
    private const int BatchSize = 256;

    public EvaluateCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "evaluate", "Evaluates a model on an archive's labelled texts, duplicates included: accuracy, F1, ROC-AUC, calibration error, precision, recall, confusion matrix.",
            "imdb evaluate aclImdb_v1.tar.gz --model champion", "imdb evaluate my-texts/ --model my-model --split train")
    {
        var archive = ArchiveArgument.Argument();
        var model = new Option<string>("--model") { Description = "A model folder, a published version, or a task for its champion. Default: the champion of --task.", HelpName = "folder|version|task", DefaultValueFactory = _ => ModelSource.Champion };
        var task = new TaskOption("The task whose champion is evaluated. Default: default.");
        var split = new Option<Split?>("--split") { Description = "The split to evaluate on. Default: test.", HelpName = "train|validation|test", CustomParser = OptionValues.Choice<Split> };
        var columns = new ColumnOptions(hasLabel: true);
        Add(archive);
        Add(model);
        Add(task);
        Add(split);
        foreach (var option in columns.All)
            Add(option);
        SetHandler(async (session, parsed, cancellationToken) =>
        {
            var file = ArchiveFile.Open(parsed.GetRequiredValue(archive));
            var part = parsed.GetValue(split) ?? Split.Test;
            var texts = await Task.Run(() => LabelledTexts.Open(session, file, new SourceOptions { Columns = columns.Read(parsed) }, [part], cancellationToken), cancellationToken);
            var scorer = await ModelSource.LoadAsync(session, parsed.GetValue(model), parsed.GetValue(task), ScoringPrecision.Fp32, cancellationToken);
            scorer.RequireSingleLabel("model");
            var evaluation = Measure(session, scorer, texts, cancellationToken);
            if (session.Json)
                session.PrintJson(new
                {
                    model = scorer.Model,
                    split = part,
                    reviews = evaluation.Texts,
                    accuracy = evaluation.Accuracy,
                    macroF1 = evaluation.MacroF1,
                    f1 = evaluation.F1,
                    rocAuc = evaluation.RocAuc,
                    calibrationError = evaluation.CalibrationError,
                    loss = evaluation.Loss,
                    labels = scorer.Labels.Select((label, i) => LabelDocument(label, LabelMetrics.Of(evaluation.Confusion, i))),
                    confusion = evaluation.Confusion,
                });
            else
                EvaluationScreen.Show(session.Terminal.Page, scorer.Model, $"{file.Name} ({part.ToString().ToLowerInvariant()})", evaluation, scorer.Labels);
            return ExitCode.Ok;
        });
    }

    private static object LabelDocument(string label, LabelMetrics quality) =>
        new { label, reviews = quality.Texts, precision = quality.Precision, recall = quality.Recall, f1 = quality.F1 };

    private static Evaluation Measure(Session session, TorchTextScorer scorer, LabelledTexts texts, CancellationToken cancellationToken)
    {
        if (texts.Labels.FirstOrDefault(label => !scorer.Labels.Contains(label)) is { } unknown)
            throw new InputRejectedException(
                ErrorRules.LabelUnknown, $"model {scorer.Model}", $"the archive's labels {string.Join(", ", texts.Labels)}",
                $"{string.Join(", ", scorer.Labels)}, but not '{unknown}'", "Choose a model trained on these labels.");
        var results = new LabelledPredictions(scorer.Labels);
        using var progress = session.Progress("Scoring", texts.Count, Quantity.Count);
        foreach (var batch in texts.Read(cancellationToken).Chunk(BatchSize))
        {
            var predictions = scorer.Score([.. batch.Select(text => text.Text)], progress: null, cancellationToken);
            for (var i = 0; i < batch.Length; i++)
                results.Add(batch[i].Label, predictions[i].Scores);
            progress.Report(results.Count);
        }
        return results.Evaluate();
    }
}
