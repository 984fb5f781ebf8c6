using System.Collections.Concurrent;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Core.Tests.Scoring;

/// <summary>Replaces the encoder: counts "good" and "bad", so tests know the expected label of each text.</summary>
internal sealed class KeywordScorer(string model) : ITextScorer
{
    public string Model => model;

    public IReadOnlyList<string> Labels { get; } = ["neg", "pos"];

    public IReadOnlyList<Prediction> Score(IReadOnlyList<string> texts, IProgress<int>? progress, CancellationToken cancellationToken) =>
        [.. texts.Select(Score)];

    private static Prediction Score(string text)
    {
        float neg = Count(text, "bad"), pos = Count(text, "good");
        var positive = 1 / (1 + MathF.Exp(neg - pos));
        return new Prediction(pos >= neg ? "pos" : "neg", MathF.Max(positive, 1 - positive), [neg, pos], text.Length > 1000);
    }

    private static int Count(string text, string word) => text.Split(word).Length - 1;
}

/// <summary>Provides a scorer for every model version except removed ones.</summary>
internal sealed class KeywordScorers : IScorerProvider
{
    private readonly ConcurrentDictionary<string, byte> removed = new();

    public void Remove(string model) => removed[model] = 0;

    public Task<ITextScorer> GetAsync(string model, CancellationToken cancellationToken) =>
        removed.ContainsKey(model)
            ? throw new InputRejectedException(ErrorRules.ModelUnknown, $"model {model}", "a published model", "none", "Choose another.")
            : Task.FromResult<ITextScorer>(new KeywordScorer(model));
}
