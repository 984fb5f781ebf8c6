using ImdbPipeline.Core.Registry;
using ImdbPipeline.Learning.Baseline;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>How good a finished model is, under the names the registry and the reports use.</summary>
internal sealed class Measurements
{
    private readonly SortedDictionary<string, double> metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<IReadOnlyList<int>>> confusion = [];

    private Measurements(double temperature) => Temperature = temperature;

    /// <summary>Divides the model's logits where probabilities are asked for; fitted on the validation reviews.</summary>
    public double Temperature { get; }

    public IReadOnlyDictionary<string, double> Metrics => metrics;

    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<int>>> Confusion => confusion;

    /// <param name="int8">The validation reviews, scored with 8-bit integers.</param>
    public static Measurements Of(JudgedSplit validation, JudgedSplit int8, JudgedSplit test, LinearBaseline baseline)
    {
        var measured = new Measurements(TemperatureScaling.Fit(validation.Logits, validation.Labels));
        measured.Add("validation", validation);
        measured.Add("test", test);
        measured.Set(Int8Offer.AccuracyName, int8.Evaluate()?.Accuracy);
        measured.Set(ModelManifest.BaselineValidationAccuracyName, baseline.Validation?.Accuracy);
        measured.Set(ModelManifest.BaselineTestAccuracyName, baseline.Test?.Accuracy);
        return measured;
    }

    /// <summary>Of a data set that was learnt beside the model's own.</summary>
    public void AddAuxiliary(string dataset, JudgedSplit validation) => Set($"{dataset}.validationAccuracy", validation.Evaluate()?.Accuracy);

    private void Add(string split, JudgedSplit judged)
    {
        if (judged.Evaluate(Temperature) is not { } evaluation || judged.Evaluate() is not { } uncalibrated)
            return;
        Set($"{split}Accuracy", evaluation.Accuracy);
        Set($"{split}Loss", evaluation.Loss);
        Set($"{split}MacroF1", evaluation.MacroF1);
        Set($"{split}F1", evaluation.F1);
        Set($"{split}RocAuc", evaluation.RocAuc);
        Set($"{split}CalibrationError", evaluation.CalibrationError);
        Set($"{split}CalibrationErrorUncalibrated", uncalibrated.CalibrationError);
        Set($"{split}Reviews", evaluation.Reviews);
        confusion[split] = evaluation.Confusion;
    }

    private void Set(string name, double? value)
    {
        if (value is { } known)
            metrics[name] = known;
    }
}
