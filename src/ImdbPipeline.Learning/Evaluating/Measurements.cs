using System.Globalization;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Metrics of a trained model, under the names used by the registry and reports.</summary>
/// <param name="labels">Label names.</param>
internal sealed class Measurements(IReadOnlyList<string> labels)
{
    private const int MaxNamed = 5;

    private readonly SortedDictionary<string, double> metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<IReadOnlyList<int>>> confusion = [];
    private readonly List<string> notes = [];

    public IReadOnlyDictionary<string, double> Metrics => metrics;

    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<int>>> Confusion => confusion;

    /// <summary>Notes for the model card.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <param name="split"><c>validation</c> or <c>test</c>.</param>
    /// <param name="served">Predictions as in scoring.</param>
    /// <param name="encoder">Predictions of the encoder alone, not calibrated.</param>
    /// <param name="baseline">Predictions of the n-gram model alone.</param>
    public void Add(string split, SplitPredictions served, SplitPredictions encoder, SplitPredictions baseline)
    {
        if (served.Evaluate() is { } evaluation && encoder.Evaluate() is { } alone)
        {
            Set($"{split}Accuracy", evaluation.Accuracy);
            Set($"{split}Loss", evaluation.Loss);
            Set($"{split}MacroF1", evaluation.MacroF1);
            Set($"{split}F1", evaluation.F1);
            Set($"{split}RocAuc", evaluation.RocAuc);
            Set($"{split}CalibrationError", evaluation.CalibrationError);
            Set($"{split}CalibrationErrorUncalibrated", alone.CalibrationError);
            Set($"{split}EncoderAccuracy", alone.Accuracy);
            Set($"{split}Reviews", evaluation.Texts);
            confusion[split] = evaluation.Confusion;
            if (confusion.Count == 1)
                AddUnlearned(split, evaluation, labels);
            if (served.Part is { } part)
                AddStandardError(split, evaluation, part);
        }

        Set(split == "test" ? ModelManifest.BaselineTestAccuracyName : ModelManifest.BaselineValidationAccuracyName, baseline.Evaluate()?.Accuracy);
    }

    /// <param name="reduced">Validation accuracy in bf16 and int8, where measured.</param>
    public void AddPrecisions(IReadOnlyDictionary<ScoringPrecision, double> reduced)
    {
        foreach (var (precision, accuracy) in reduced)
            Set(PrecisionOffer.AccuracyName(precision), accuracy);
    }

    /// <summary>Adds the validation accuracy on an auxiliary dataset.</summary>
    public void AddAuxiliary(string dataset, SplitPredictions validation) => Set($"{dataset}.validationAccuracy", validation.Evaluate()?.Accuracy);

    /// <summary>An accuracy can be high although the model never finds a rare label.</summary>
    private void AddUnlearned(string split, Evaluation evaluation, IReadOnlyList<string> labels)
    {
        var unlearned = labels.Index().Where(label => LabelMetrics.Of(evaluation.Confusion, label.Index) is { Texts: > 0, Recall: 0 }).ToList();
        if (unlearned.Count == 0)
            return;
        var areRare = unlearned.TrueForAll(label => LabelMetrics.Of(evaluation.Confusion, label.Index).Texts * 2 * labels.Count < evaluation.Texts);
        var names = string.Join(", ", unlearned.Take(MaxNamed).Select(label => $"'{label.Item}'"));
        notes.Add($"never predicted correctly on {split} texts: {names}{(unlearned.Count > MaxNamed ? $" and {unlearned.Count - MaxNamed} more" : "")}; "
            + $"{(areRare ? "more texts with such labels, or --class-weights balanced," : "more texts or more epochs")} may help");
    }

    private void AddStandardError(string split, Evaluation evaluation, EvaluatedPart part)
    {
        var error = part.StandardError(evaluation.Accuracy);
        Set($"{split}AccuracyStandardError", error);
        notes.Add(string.Create(CultureInfo.InvariantCulture,
            $"{split}: only {part.Positions.Count:N0} of {part.Texts:N0} texts, chosen at random, were evaluated within maxEvalMinutes; the standard error of the accuracy is {error * 100:0.0} points"));
    }

    private void Set(string name, double? value)
    {
        if (value is { } number)
            metrics[name] = number;
    }
}
