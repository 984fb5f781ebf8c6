using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Learning.Checkpoints;

/// <summary><c>trainer_state.json</c>: how a model was trained, and how its reviews must be treated to score alike.</summary>
public sealed record TrainerState
{
    public required string BaseModel { get; init; }

    /// <summary><c>{dataset}/{version}</c>.</summary>
    public required string Dataset { get; init; }

    public string? Run { get; init; }

    public required Recipe Recipe { get; init; }

    /// <summary>How texts are tokenized, cleaned and cut; scoring does the same.</summary>
    public required TextTreatment Treatment { get; init; }

    /// <summary>Scores are the softmax of the logits divided by it; models from before it was fitted have none and keep their scores.</summary>
    public double Temperature { get; init; } = 1;

    public required int GlobalStep { get; init; }

    public required int MaxSteps { get; init; }

    /// <summary><c>validationAccuracy</c>, <c>testAccuracy</c> …</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Rows are true labels, columns predicted ones; by split.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<int>>> Confusion { get; init; }

    public required IReadOnlyList<MetricsLine> LogHistory { get; init; }

    /// <summary>What a person should know: how the base was loaded, what is wrong with the model.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <returns>Null where the folder has none, or another program's: such a model is scored with the defaults.</returns>
    public static TrainerState? Read(string folder)
    {
        var path = Path.Combine(folder, ModelFolder.TrainerStateFile);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<TrainerState>(File.ReadAllBytes(path), PipelineJson.Record);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="StripMarkup">Whether tags are replaced by spaces.</param>
/// <param name="MaxLength">In word pieces, <c>[CLS]</c> and <c>[SEP]</c> included.</param>
/// <param name="Truncation">Which part of a longer review is kept.</param>
public sealed record TextTreatment(bool StripMarkup, int MaxLength, Truncation Truncation)
{
    /// <param name="tokenIds">With <c>[CLS]</c> and <c>[SEP]</c>, of any length.</param>
    public int[] Cut(int[] tokenIds) => TokenTruncation.Truncate(tokenIds, MaxLength, Truncation);
}
