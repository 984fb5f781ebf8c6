namespace ImdbPipeline.Core.Scoring;

/// <summary>
/// One line of a scored file: a prediction (<c>id, label, score, logits, model, truncated</c>), or for a row that is no
/// review the reason (<c>id, error</c>).
/// </summary>
public sealed record ScoreRecord
{
    /// <summary>The row's own id as text, or its number in the file, counted from 1.</summary>
    public required string Id { get; init; }

    /// <summary>The name of the likeliest label.</summary>
    public string? Label { get; init; }

    /// <summary>Its calibrated probability, 0 to 1.</summary>
    public float? Score { get; init; }

    /// <summary><c>[labels]</c>, before temperature and softmax.</summary>
    public IReadOnlyList<float>? Logits { get; init; }

    /// <summary>The model version.</summary>
    public string? Model { get; init; }

    /// <summary>Whether the review was longer than the model reads.</summary>
    public bool? Truncated { get; init; }

    /// <summary>Why the row could not be scored; nothing but <see cref="Id"/> stands beside it.</summary>
    public string? Error { get; init; }

    public static ScoreRecord Of(string id, string model, Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return new ScoreRecord
        {
            Id = id,
            Label = prediction.Label,
            Score = prediction.Score,
            Logits = prediction.Logits,
            Model = model,
            Truncated = prediction.Truncated,
        };
    }

    public static ScoreRecord Bad(string id, string error) => new() { Id = id, Error = error };
}
