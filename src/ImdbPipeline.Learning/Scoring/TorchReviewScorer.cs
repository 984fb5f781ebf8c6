using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Inferring;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.Scoring;

/// <summary>A model folder, loaded for scoring. Texts are tokenized side by side; forward passes take turns, each using every core.</summary>
public sealed class TorchReviewScorer : IReviewScorer, IDisposable
{
    private const int MaxRows = 256;

    private readonly Lock turn = new();
    private readonly ScoringEncoder encoder;
    private readonly ReviewTokenizer tokenizer;
    private readonly TextTreatment treatment;
    private readonly double temperature;

    private TorchReviewScorer(string model, ScoringEncoder encoder, ReviewTokenizer tokenizer, TextTreatment treatment, double temperature) =>
        (Model, this.encoder, this.tokenizer, this.treatment, this.temperature) = (model, encoder, tokenizer, treatment, temperature);

    public string Model { get; }

    public IReadOnlyList<string> Labels => encoder.Config.Labels;

    /// <param name="folder">In Hugging Face's layout.</param>
    /// <param name="model">Its version, or whatever name the predictions should carry.</param>
    /// <param name="precision">Int8 only for models that are offered with it, see <see cref="Int8Offer"/>.</param>
    /// <exception cref="Core.Foundation.InputRejectedException">The folder holds no sound model, or it is not offered with that precision.</exception>
    public static TorchReviewScorer Load(string folder, string model, ScoringPrecision precision = ScoringPrecision.Fp32)
    {
        var files = ModelFiles.Read(folder);
        using var loaded = EncoderLoader.LoadModel(folder).Encoder;
        var longest = Longest(loaded.Config);
        VocabularyCheck.Refuse(model, files, loaded.Config);
        var state = TrainerState.Read(folder);
        if (precision == ScoringPrecision.Int8)
            Int8Offer.Require(model, state?.Metrics);
        var treatment = state?.Treatment ?? new TextTreatment(StripMarkup: true, longest, Truncation.Head);
        return new TorchReviewScorer(
            model, ScoringEncoder.Of(loaded.Weights.To(Devices.Best, requiresGradient: false), precision), new ReviewTokenizer(files.Vocabulary, treatment.StripMarkup),
            treatment with { MaxLength = Math.Clamp(treatment.MaxLength, 3, longest) },
            Math.Clamp(state?.Temperature ?? 1, TemperatureScaling.Least, TemperatureScaling.Most));
    }

    public IReadOnlyList<Prediction> Score(IReadOnlyList<string> texts, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var tokens = new int[texts.Count][];
        Parallel.For(0, texts.Count, new ParallelOptions { CancellationToken = cancellationToken }, i => tokens[i] = tokenizer.Encode(texts[i]));
        var rows = Array.ConvertAll(tokens, treatment.Cut);
        float[][] logits;
        lock (turn)
            logits = Inference.Logits(encoder, rows, MaxRows, progress, cancellationToken);
        return [.. logits.Select((row, i) => Predict(row, truncated: tokens[i].Length > treatment.MaxLength))];
    }

    public void Dispose() => encoder.Dispose();

    /// <returns>How many word pieces of a review the model can read, in one row or in all its fractions.</returns>
    private static int Longest(EncoderConfig config) =>
        config.Fractions is { } fractions ? TokenFractions.MaxLength(fractions.Length) : config.MaxPositions;

    private Prediction Predict(float[] logits, bool truncated) =>
        // Not a number is no JSON number either: every row would fail where nobody knows why.
        Array.TrueForAll(logits, float.IsFinite)
            ? new(Labels[Softmax.Best(logits)], (float)Softmax.Confidence(logits, temperature), logits, truncated)
            : throw new InvalidDataException($"model {Model}: expected finite logits, found {string.Join(", ", logits)}. Its weights are damaged or its training diverged: choose another model.");
}
