using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Foundation;
using ImdbPipeline.Learning.Inferring;
using ImdbPipeline.Learning.ModelFolders;

namespace ImdbPipeline.Learning.Scoring;

/// <summary>A model loaded for scoring. Texts are tokenized in parallel; forward passes run one at a time, each on all cores.</summary>
public sealed class TorchTextScorer : ITextScorer, IDisposable
{
    private const int MaxRows = 256;

    private readonly Lock forwardLock = new();
    private readonly Encoder encoder;
    private readonly TextTokenizer tokenizer;
    private readonly TextPreprocessing treatment;
    private readonly double temperature;

    private TorchTextScorer(string model, Encoder encoder, ScoringPrecision precision, TextTokenizer tokenizer, TextPreprocessing treatment, double temperature) =>
        (Model, this.encoder, Precision, this.tokenizer, this.treatment, this.temperature) = (model, encoder, precision, tokenizer, treatment, temperature);

    public string Model { get; }

    public ScoringPrecision Precision { get; }

    /// <summary>The time that 1,024 tokens took in each precision, for display; null unless the precision was chosen automatically.</summary>
    public string? Timings { get; private init; }

    public IReadOnlyList<string> Labels => encoder.Config.Labels;

    /// <param name="folder">Model folder.</param>
    /// <param name="model">Model version, or another name to report with predictions.</param>
    /// <param name="precision">Bf16 and int8 only for models that are accurate enough in them, see <see cref="PrecisionOffer"/>.</param>
    /// <exception cref="Core.Foundation.InputRejectedException">The model is invalid or does not support the precision.</exception>
    public static TorchTextScorer Load(string folder, string model, ScoringPrecision precision = ScoringPrecision.Fp32)
    {
        var files = ModelFiles.Read(folder);
        using var loaded = EncoderLoader.LoadModel(folder).Encoder;
        var maxTokens = MaxTokens(loaded.Config);
        VocabularyCheck.Validate(model, files, loaded.Config);
        var state = TrainerState.Read(folder);
        if (precision != ScoringPrecision.Auto)
            PrecisionOffer.Require(precision, model, state?.Metrics);
        var treatment = state?.Treatment ?? new TextPreprocessing(StripMarkup: true, maxTokens, Truncation.Head);
        var weights = loaded.Weights.To(Devices.Best, requiresGradient: false);
        var fastest = precision == ScoringPrecision.Auto ? FastestPrecision.Prepare(weights, PrecisionOffer.Offered(state?.Metrics)) : null;
        return new TorchTextScorer(
            model, fastest?.Encoder ?? Inference.Prepare(weights, precision), fastest?.Precision ?? precision, new TextTokenizer(files.Vocabulary, treatment.StripMarkup),
            treatment with { MaxLength = Math.Clamp(treatment.MaxLength, 3, maxTokens) },
            Math.Clamp(state?.Temperature ?? 1, TemperatureScaling.Min, TemperatureScaling.Max))
        {
            Timings = fastest?.ToString(),
        };
    }

    public IReadOnlyList<Prediction> Score(IReadOnlyList<string> texts, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var tokens = new int[texts.Count][];
        Parallel.For(0, texts.Count, new ParallelOptions { CancellationToken = cancellationToken }, i => tokens[i] = tokenizer.Encode(texts[i]));
        var rows = Array.ConvertAll(tokens, treatment.Truncate);
        float[][] logits;
        lock (forwardLock)
            logits = Inference.Logits(encoder, rows, MaxRows, progress, cancellationToken);
        return [.. logits.Select((row, i) => Predict(row, truncated: tokens[i].Length > treatment.MaxLength))];
    }

    public void Dispose() => encoder.Dispose();

    /// <returns>Maximum number of tokens the model reads per text, in one row or over all fractions.</returns>
    private static int MaxTokens(EncoderConfig config) =>
        config.Fractions is { } fractions ? TokenFractions.MaxLength(fractions.Length) : config.MaxPositions;

    private Prediction Predict(float[] logits, bool truncated) =>
        // JSON has no NaN: without this check, writing the results would fail with an unclear error.
        Array.TrueForAll(logits, float.IsFinite)
            ? new(Labels[Softmax.ArgMax(logits)], (float)Softmax.Confidence(logits, temperature), logits, truncated)
            : throw new InvalidDataException($"model {Model}: expected finite logits, found {string.Join(", ", logits)}. The weights are damaged or training diverged: choose another model.");
}
