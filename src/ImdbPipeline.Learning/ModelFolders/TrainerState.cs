using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary><c>trainer_state.json</c>: how the model was trained and how texts must be prepared for scoring.</summary>
public sealed record TrainerState
{
    public required string BaseModel { get; init; }

    /// <summary><c>{dataset}/{version}</c>.</summary>
    public required string Dataset { get; init; }

    public string? Run { get; init; }

    public required Recipe Recipe { get; init; }

    /// <summary>How texts are cleaned and truncated; scoring does the same.</summary>
    public required TextPreprocessing Treatment { get; init; }

    /// <summary>Scores are the softmax of the logits divided by this. 1 in newer models: it is part of the classifier's weights.</summary>
    public double Temperature { get; init; } = 1;

    public required int GlobalStep { get; init; }

    public required int MaxSteps { get; init; }

    /// <summary><c>validationAccuracy</c>, <c>testAccuracy</c> …</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Confusion matrix by split; rows are true labels, columns predicted labels.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<int>>> Confusion { get; init; }

    public required IReadOnlyList<MetricsLine> LogHistory { get; init; }

    /// <summary>Notes for the user: how the base model was loaded, problems with the model.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <returns>Null if the folder has none or one from another program; such a model is scored with defaults.</returns>
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

/// <param name="StripMarkup">Whether markup tags are replaced with spaces.</param>
/// <param name="MaxLength">Maximum length in tokens, including <c>[CLS]</c> and <c>[SEP]</c>.</param>
/// <param name="Truncation">Which part of a longer text is kept.</param>
public sealed record TextPreprocessing(bool StripMarkup, int MaxLength, Truncation Truncation)
{
    /// <param name="tokenIds">Token ids of any length, including <c>[CLS]</c> and <c>[SEP]</c>.</param>
    public int[] Truncate(int[] tokenIds) => TokenTruncation.Truncate(tokenIds, MaxLength, Truncation);
}
