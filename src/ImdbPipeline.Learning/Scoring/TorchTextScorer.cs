using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Foundation;
using ImdbPipeline.Learning.Inferring;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Ngrams;

namespace ImdbPipeline.Learning.Scoring;

/// <summary>A model loaded for scoring. Texts are tokenized in parallel; forward passes run one at a time, each on all cores.</summary>
public sealed class TorchTextScorer : ITextScorer, IDisposable
{
    private const int MaxRows = 256;

    /// <summary><c>[CLS]</c> and <c>[SEP]</c>.</summary>
    private const int FramingTokens = 2;

    /// <summary>The share of unknown tokens above which a prediction says little.</summary>
    private const double MaxUnknown = 1 / 3.0;

    private readonly Lock forwardLock = new();
    private readonly Encoder encoder;
    private readonly TextTokenizer tokenizer;
    private readonly TextPreprocessing treatment;
    private readonly double temperature;
    private readonly NgramBlend? blend;

    // Null if the n-grams consist of the encoder's own tokens.
    private readonly TextTokenizer? ngramTokenizer;

    private TorchTextScorer(
        string model, Encoder encoder, ScoringPrecision precision, TextTokenizer tokenizer, TextPreprocessing treatment, double temperature, NgramBlend? blend, TextTokenizer? ngramTokenizer)
    {
        (Model, this.encoder, Precision, this.tokenizer, this.treatment, this.temperature) = (model, encoder, precision, tokenizer, treatment, temperature);
        (this.blend, this.ngramTokenizer) = (blend, ngramTokenizer);
    }

    public string Model { get; }

    public ScoringPrecision Precision { get; }

    /// <summary>The time that 1,024 tokens took in each precision, for display; null unless the precision was chosen automatically.</summary>
    public string? Timings { get; private init; }

    public IReadOnlyList<string> Labels => encoder.Config.Labels;

    /// <param name="folder">Model folder.</param>
    /// <param name="model">Model version, or another name to report with predictions.</param>
    /// <param name="precision">Bf16 and int8 only for models that are accurate enough in them, see <see cref="PrecisionOffer"/>.</param>
    /// <exception cref="InputRejectedException">The model is invalid or does not support the precision.</exception>
    public static TorchTextScorer Load(string folder, string model, ScoringPrecision precision = ScoringPrecision.Fp32)
    {
        var files = ModelFiles.Read(folder);
        var tokenizer = files.Tokenizer.Tokenizer;
        using var loaded = EncoderLoader.LoadModel(folder).Encoder;
        var maxTokens = MaxTokens(loaded.Config);
        VocabularyCheck.Validate(model, files, loaded.Config);
        var state = TrainerState.Read(folder);
        if (state?.Treatment.MaxLength > maxTokens)
            throw new InputRejectedException(
                ErrorRules.TrainerStateInvalid, Path.Combine(folder, ModelFolder.TrainerStateFile), $"a maximum length of at most {maxTokens} tokens, as in config.json", $"{state.Treatment.MaxLength}",
                "Use the files of one model.");
        if (precision != ScoringPrecision.Auto)
            PrecisionOffer.Require(precision, model, state?.Metrics);
        var blend = NgramFile.Read(folder, loaded.Config.Labels.Count);
        var treatment = state?.Treatment ?? new TextPreprocessing(files.Tokenizer.RemovesMarkup, files.MaxLength ?? maxTokens, files.Truncation);
        var weights = loaded.Weights.To(Devices.Best, requiresGradient: false);
        var fastest = precision == ScoringPrecision.Auto ? FastestPrecision.Prepare(weights, PrecisionOffer.Offered(state?.Metrics)) : null;
        return new TorchTextScorer(
            model, fastest?.Encoder ?? Inference.Prepare(weights, precision), fastest?.Precision ?? precision, new TextTokenizer(tokenizer, treatment.StripMarkup),
            treatment with { MaxLength = Math.Clamp(treatment.MaxLength, TextPreprocessing.MinLength, maxTokens) },
            state?.Temperature ?? 1, blend,
            blend is null || blend.Vocabulary.AsSpan().SequenceEqual(tokenizer.UncasedVocabulary()) ? null : new TextTokenizer(ModelTokenizer.FromVocabulary(blend.Vocabulary, NgramFile.VocabularyFile), treatment.StripMarkup))
        {
            Timings = fastest?.ToString(),
        };
    }

    /// <param name="use">What the model is to be used for.</param>
    /// <exception cref="InputRejectedException">The model's scores are not those of one label for each text.</exception>
    public void RequireSingleLabel(string use)
    {
        if (encoder.Config.ProblemType != ProblemType.SingleLabelClassification)
            throw new InputRejectedException(
                ErrorRules.ModelProblemType, $"{use} {Model}", "a model that gives each text one label", $"a model for {(encoder.Config.ProblemType == ProblemType.Regression ? "regression" : "multi-label classification")}",
                "Choose another model.");
    }

    public IReadOnlyList<Prediction> Score(IReadOnlyList<string> texts, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var (tokens, ngrams) = (new int[texts.Count][], new float[texts.Count][]);
        Parallel.For(0, texts.Count, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            tokens[i] = tokenizer.Encode(texts[i]);
            if (blend is not null)
                ngrams[i] = blend.Model.Logits(NgramFeatures.Of(ngramTokenizer?.Encode(texts[i]) ?? tokens[i]));
        });
        var rows = Array.ConvertAll(tokens, treatment.Truncate);
        float[][] logits;
        lock (forwardLock)
            logits = Inference.Logits(encoder, rows, MaxRows, progress, cancellationToken);
        NativeMemory.Trim();
        return [.. logits.Select((row, i) => Predict(row, ngrams[i], truncated: tokens[i].Length > treatment.MaxLength, IsUnknown(rows[i])))];
    }

    public void Dispose() => encoder.Dispose();

    /// <returns>Maximum number of tokens the model reads per text, in one row or over all fractions.</returns>
    private static int MaxTokens(EncoderConfig config) =>
        config.Fractions is { } fractions ? TokenFractions.MaxLength(fractions.Length) : config.MaxPositions;

    private double[] Scores(float[] logits) => encoder.Config.ProblemType switch
    {
        ProblemType.SingleLabelClassification => Softmax.Of(logits),
        ProblemType.MultiLabelClassification => Array.ConvertAll(logits, logit => 1 / (1 + Math.Exp(-logit))),
        ProblemType.Regression => Array.ConvertAll(logits, logit => (double)logit),
        var other => throw new NotSupportedException($"Problem type {other}."),
    };

    private bool IsUnknown(int[] row) => row.Count(id => id == tokenizer.UnknownId) > (row.Length - FramingTokens) * MaxUnknown;

    /// <param name="ngrams">Null without a blend.</param>
    private Prediction Predict(float[] logits, float[]? ngrams, bool truncated, bool unknown)
    {
        var served = Array.ConvertAll(ngrams is null ? logits : blend!.Apply(logits, ngrams), logit => (float)(logit / temperature));
        // JSON has no NaN: without this check, writing the results would fail with an unclear error.
        if (!Array.TrueForAll(logits, float.IsFinite) || !Array.TrueForAll(served, float.IsFinite))
            throw new InvalidDataException($"model {Model}: expected finite logits, found {string.Join(", ", logits.Concat(served))}. The weights are damaged or training diverged: choose another model.");
        var scores = Array.ConvertAll(Scores(served), score => (float)score);
        var label = Softmax.ArgMax(served);
        return new Prediction(Labels[label], scores[label], scores, logits, truncated, unknown);
    }
}
