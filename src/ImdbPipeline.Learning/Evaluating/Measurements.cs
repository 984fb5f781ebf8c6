using ImdbPipeline.Core.Registry;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Metrics of a trained model, under the names used by the registry and reports.</summary>
internal sealed class Measurements
{
    private readonly SortedDictionary<string, double> metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<IReadOnlyList<int>>> confusion = [];

    private Measurements(double temperature) => Temperature = temperature;

    /// <summary>Divides the logits before the softmax; fitted on the validation split.</summary>
    public double Temperature { get; }

    public IReadOnlyDictionary<string, double> Metrics => metrics;

    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<int>>> Confusion => confusion;

    /// <param name="int8Accuracy">Validation accuracy in int8; null if not measured.</param>
    public static Measurements Of(SplitPredictions validation, double? int8Accuracy, SplitPredictions test, Evaluation? baselineValidation, Evaluation? baselineTest)
    {
        var measurements = new Measurements(TemperatureScaling.Fit(validation.Logits, validation.Labels));
        measurements.Add("validation", validation);
        measurements.Add("test", test);
        measurements.Set(Int8Offer.AccuracyName, int8Accuracy);
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
    }

    private void Set(string name, double? value)
    {
        if (value is { } number)
            metrics[name] = number;
    }
}
