using System.Text.Json.Serialization;

namespace ImdbPipeline.Core.Scoring;

/// <summary>
/// One line of a scored file: a prediction (<c>row, id, label, score, scores, logits, model, truncated</c> and, if it is
/// true, <c>unknown</c>), or the error of a bad row
/// (<c>row, id, error</c>).
/// </summary>
public sealed record ScoreRecord
{
    /// <summary>The text's number in its file or request, counted from 1.</summary>
    public required int Row { get; init; }

    /// <summary>The id that the file or request gave the text; null if it gave none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Id { get; init; }

    /// <summary>Name of the most likely label.</summary>
    public string? Label { get; init; }

    /// <summary>The label's calibrated probability, 0 to 1.</summary>
    public float? Score { get; init; }

    /// <summary><c>[labels]</c>: each label's calibrated probability.</summary>
    public IReadOnlyList<float>? Scores { get; init; }

    /// <summary><c>[labels]</c>: the encoder's, also if the model blends them with those of n-grams.</summary>
    public IReadOnlyList<float>? Logits { get; init; }

    /// <summary>The model version.</summary>
    public string? Model { get; init; }

    /// <summary>Whether the text was longer than the model's maximum length.</summary>
    public bool? Truncated { get; init; }

    /// <summary>True if more than a third of the text's tokens are unknown to the model, so that the prediction says little; otherwise null.</summary>
    public bool? Unknown { get; init; }

    /// <summary>Why the row could not be scored; the line then has no other field except <see cref="Row"/> and <see cref="Id"/>.</summary>
    public string? Error { get; init; }

    public static ScoreRecord Of(int row, string? id, string model, Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return new ScoreRecord
        {
            Row = row,
            Id = id,
            Label = prediction.Label,
            Score = prediction.Score,
            Scores = prediction.Scores,
            Logits = prediction.Logits,
            Model = model,
            Truncated = prediction.Truncated,
            Unknown = prediction.Unknown ? true : null,
        };
    }

    public static ScoreRecord Bad(int row, string? id, string error) => new() { Row = row, Id = id, Error = error };
}
