using System.Collections.Concurrent;
using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Core.Tests.Scoring;

/// <summary>Stands in for the encoder: counts "good" and "bad", so that tests can tell what every review must get.</summary>
internal sealed class KeywordScorer(string model) : IReviewScorer
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

/// <summary>Knows every model, unless told that one is gone.</summary>
internal sealed class KeywordScorers : IScorerProvider
{
    private readonly ConcurrentDictionary<string, byte> gone = new();

    public void Lose(string model) => gone[model] = 0;

    public Task<IReviewScorer> GetAsync(string model, CancellationToken cancellationToken) =>
        gone.ContainsKey(model)
            ? throw new InputRejectedException("model-unknown", $"model {model}", "a published model", "none", "Name another.")
            : Task.FromResult<IReviewScorer>(new KeywordScorer(model));
}
