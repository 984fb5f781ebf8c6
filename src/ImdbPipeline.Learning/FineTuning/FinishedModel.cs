using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Baseline;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Ngrams;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>What is decided and measured after training.</summary>
/// <param name="Treatment">How texts are read in scoring.</param>
/// <param name="Blend">Null if the encoder stays alone.</param>
internal sealed record FinishedModel(TextPreprocessing Treatment, NgramBlend? Blend, Measurements Measured, IReadOnlyList<string> Notes)
{
    /// <summary>Chooses the length to read, calibrates the encoder, blends it with the n-gram model if that helps, and measures the result.</summary>
    /// <param name="prepared">The encoder's classifier is changed: the temperature becomes part of it.</param>
    public static async Task<FinishedModel> RunAsync(
        IPreparedDataset dataset, PreparedTraining prepared, Recipe recipe, LinearBaseline baseline, Evaluator evaluator, TimeProvider timeProvider, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var tokens = new TokenSource(dataset, prepared.Files.Tokenizer.Tokenizer, progress);
        var longest = ReadLength.Longest(prepared.Encoder.Config, recipe, prepared.Treatment);
        var validation = await tokens.LabelledAsync(Split.Validation, longest.Truncate, cancellationToken);
        var halves = ValidationHalves.Of(validation);
        var read = ReadLength.Choose(evaluator, recipe, prepared.Treatment, longest, validation, halves, cancellationToken);
        var fit = read.Validation.At(halves.Fit);
        var temperature = TemperatureScaling.Fit(fit.Logits, fit.Labels);
        prepared.Encoder.Weights.DivideLogits(temperature);
        var calibrated = read.Validation.DividedBy(temperature);

        var (ngrams, blend, note) = recipe.Blend == BlendMode.None ? (baseline, null, null) : await BlendAsync();
        var measured = new Measurements(dataset.Manifest.Labels);
        var blended = calibrated.Select(Serve(ngrams.Validation));
        measured.Add("validation", blended, read.Validation, baseline.Validation);
        measured.AddPrecisions(PrecisionMeasurement.Accuracies(
            prepared.Encoder, validation.Truncated(read.Treatment), blended, Serve(ngrams.Validation), recipe.Seed, timeProvider, cancellationToken));
        var test = await tokens.LabelledAsync(Split.Test, read.Treatment.Truncate, cancellationToken);
        var tested = evaluator.Predict(test, TrainingPhase.Evaluating, cancellationToken);
        measured.Add("test", tested.Select(Serve(ngrams.Test)), tested.DividedBy(1 / temperature), baseline.Test);
        return new FinishedModel(read.Treatment, blend, measured, [.. measured.Notes, .. new[] { read.Note, note }.OfType<string>()]);

        Func<float[], int, float[]> Serve(SplitPredictions predicted) => (logits, position) => blend?.Apply(logits, predicted.Logits[position]) ?? logits;

        async Task<(LinearBaseline Ngrams, NgramBlend? Blend, string? Note)> BlendAsync()
        {
            var first = Blending.Of(baseline.Model, baseline.Vocabulary, calibrated, baseline.Validation, halves);
            if (first.Blend.NgramWeight == 0)
                return (baseline, null, "not blended with the n-gram model, which got no weight");
            if (recipe.Blend == BlendMode.Auto && !first.Gain.Helps)
                return (baseline, null, $"not blended with the n-gram model, because the difference may be chance: {first.Gain}");
            var again = await SelfTraining.RunAsync(dataset, evaluator, first.Blend, prepared.Treatment, prepared.Files.Tokenizer.Tokenizer, recipe.Seed, progress, cancellationToken);
            var blended = $"blended with the n-gram model{(recipe.Blend == BlendMode.Ngrams ? " as requested" : "")}";
            if (again is null)
                return (baseline, first.Blend, $"{blended}: {first.Gain}");
            var second = Blending.Of(again.Model, again.Vocabulary, calibrated, again.Validation, halves);
            var gain = PairedGain.Of(first.Judged, second.Judged);
            return gain.Improves
                ? (again, second.Blend, $"{blended}, which was trained on unlabelled texts too: {second.Gain}")
                : (baseline, first.Blend, $"{blended}: {first.Gain}; training it on unlabelled texts too did not help: {gain}");
        }
    }
}
