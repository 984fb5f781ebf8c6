using System.Collections.Concurrent;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Core.Tests.Scoring;

/// <summary>Replaces the encoder: counts "good" and "bad", so tests know the expected label of each text.</summary>
internal sealed class KeywordScorer(string model, ScoringPrecision precision = ScoringPrecision.Fp32) : ITextScorer
{
    public string Model => model;

    public ScoringPrecision Precision => precision;

    public IReadOnlyList<string> Labels { get; } = ["neg", "pos"];

    public IReadOnlyList<Prediction> Score(IReadOnlyList<string> texts, IProgress<int>? progress, CancellationToken cancellationToken) =>
        [.. texts.Select(Score)];

    private Prediction Score(string text)
    {
        // As with the encoder, each precision has its own logits.
        var error = 0.01f * (int)precision;
        float neg = Count(text, "bad") + error, pos = Count(text, "good") + error;
        var positive = 1 / (1 + MathF.Exp(neg - pos));
        return new Prediction(pos >= neg ? "pos" : "neg", MathF.Max(positive, 1 - positive), [1 - positive, positive], [neg, pos], text.Length > 1000);
    }

    private static int Count(string text, string word) => text.Split(word).Length - 1;
}

/// <summary>Provides a scorer for every model version except removed ones.</summary>
internal sealed class KeywordScorers : IScorerProvider
{
    private readonly ConcurrentDictionary<string, byte> removed = new();

    /// <summary>The precision that the host is set to.</summary>
    public ScoringPrecision Precision { get; set; }

    public void Remove(string model) => removed[model] = 0;

    public Task<ITextScorer> GetAsync(string model, ScoringPrecision? precision, CancellationToken cancellationToken) =>
        removed.ContainsKey(model)
            ? throw new InputRejectedException(ErrorRules.ModelUnknown, $"model {model}", "a published model", "none", "Choose another.")
            : Task.FromResult<ITextScorer>(new KeywordScorer(model, precision ?? Precision));
}
