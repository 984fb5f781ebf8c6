using System.Globalization;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Metrics of a trained model, under the names used by the registry and reports.</summary>
internal sealed class Measurements
{
    private readonly SortedDictionary<string, double> metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<IReadOnlyList<int>>> confusion = [];
    private readonly List<string> notes = [];

    private Measurements(double temperature) => Temperature = temperature;

    /// <summary>Divides the logits before the softmax; fitted on the validation split.</summary>
    public double Temperature { get; }

    public IReadOnlyDictionary<string, double> Metrics => metrics;

    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<int>>> Confusion => confusion;

    /// <summary>Notes for the model card.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <param name="reduced">Validation accuracy in bf16 and int8, where measured.</param>
    public static Measurements Of(SplitPredictions validation, IReadOnlyDictionary<ScoringPrecision, double> reduced, SplitPredictions test, Evaluation? baselineValidation, Evaluation? baselineTest)
    {
        var measurements = new Measurements(TemperatureScaling.Fit(validation.Logits, validation.Labels));
        measurements.Add("validation", validation);
        measurements.Add("test", test);
        foreach (var (precision, accuracy) in reduced)
            measurements.Set(PrecisionOffer.AccuracyName(precision), accuracy);
        measurements.Set(ModelManifest.BaselineValidationAccuracyName, baselineValidation?.Accuracy);
        measurements.Set(ModelManifest.BaselineTestAccuracyName, baselineTest?.Accuracy);
        return measurements;
    }

    /// <summary>Adds the validation accuracy on an auxiliary dataset.</summary>
    public void AddAuxiliary(string dataset, SplitPredictions validation) => Set($"{dataset}.validationAccuracy", validation.Evaluate()?.Accuracy);

    private void Add(string split, SplitPredictions predicted)
    {
        if (predicted.Evaluate(Temperature) is not { } evaluation || predicted.Evaluate() is not { } uncalibrated)
            return;
        Set($"{split}Accuracy", evaluation.Accuracy);
        Set($"{split}Loss", evaluation.Loss);
        Set($"{split}MacroF1", evaluation.MacroF1);
        Set($"{split}F1", evaluation.F1);
        Set($"{split}RocAuc", evaluation.RocAuc);
        Set($"{split}CalibrationError", evaluation.CalibrationError);
        Set($"{split}CalibrationErrorUncalibrated", uncalibrated.CalibrationError);
        Set($"{split}Reviews", evaluation.Texts);
        confusion[split] = evaluation.Confusion;
        if (predicted.Part is not { } part)
            return;
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
