using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary><c>trainer_state.json</c>: how the model was trained and how texts must be prepared for scoring.</summary>
public sealed record TrainerState
{
    /// <summary>Names of properties that no other program writes.</summary>
    private static readonly string[] OwnProperties = ["baseModel", "treatment", "recipe", "confusion"];

    public required string BaseModel { get; init; }

    /// <summary><c>{dataset}/{version}</c>.</summary>
    public required string Dataset { get; init; }

    public string? Run { get; init; }

    public required Recipe Recipe { get; init; }

    /// <summary>How texts are cleaned and truncated; scoring does the same.</summary>
    public required TextPreprocessing Treatment { get; init; }

    public const double MinTemperature = 0.05;
    public const double MaxTemperature = 20;

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

    /// <summary>The model's other files, to detect those that were changed or come from another model. Null in older folders.</summary>
    public IReadOnlyList<ModelFile>? Files { get; init; }

    /// <returns>Null if the folder has none, or one that another program wrote; such a model is scored with defaults.</returns>
    /// <exception cref="InputRejectedException">The file is damaged, or another file is not the one that was written with it: the model would give other scores.</exception>
    public static TrainerState? Read(string folder)
    {
        var state = ReadAlone(folder);
        return state?.Files is { } files && FolderChecksums.FindChange(folder, files) is { } change
            ? throw new InputRejectedException(
                ErrorRules.ModelFileChanged, folder, $"the files that were saved with {ModelFolder.TrainerStateFile}", change,
                $"Download or train the model again. To use the folder as it is, delete {ModelFolder.TrainerStateFile}.")
            : state;
    }

    /// <summary>As <see cref="Read"/>, without reading the other files, for a folder that is loaded or was checked anyway.</summary>
    /// <inheritdoc cref="Read"/>
    public static TrainerState? ReadAlone(string folder)
    {
        const string File = ModelFolder.TrainerStateFile;
        if (ModelFolder.Read(folder, File) is not { } json)
            return null;
        try
        {
            using (var document = JsonDocument.Parse(json))
            {
                // The Trainer of Transformers writes a file of the same name.
                if (document.RootElement.ValueKind == JsonValueKind.Object && !OwnProperties.Any(name => document.RootElement.TryGetProperty(name, out _)))
                    return null;
            }
            var state = JsonSerializer.Deserialize<TrainerState>(json, PipelineJson.Record) ?? throw new JsonException("the JSON value null");
            return state.FindFault() is { } fault ? throw Rejected(fault, null) : state;
        }
        catch (JsonException e)
        {
            throw Rejected(e.Message, e);
        }

        InputRejectedException Rejected(string found, Exception? inner) => new(
            ErrorRules.TrainerStateInvalid, Path.Combine(folder, File), "the training state of this model", found, "Download or train the model again.", inner);
    }

    private string? FindFault()
    {
        if (Recipe is null || Treatment is null || Metrics is null || Notes is null)
            return "no recipe, treatment, metrics or notes";
        if (Files?.Any(file => file is not { Path: not null, Sha256: not null }) == true)
            return "files without a name or checksum";
        if (Temperature is not (>= MinTemperature and <= MaxTemperature))
            return $"temperature {Temperature}";
        return Treatment.MaxLength < TextPreprocessing.MinLength ? $"maximum length {Treatment.MaxLength}" : null;
    }
}

/// <param name="StripMarkup">Whether markup tags are replaced with spaces.</param>
/// <param name="MaxLength">Maximum length in tokens, including <c>[CLS]</c> and <c>[SEP]</c>.</param>
/// <param name="Truncation">Which part of a longer text is kept.</param>
public sealed record TextPreprocessing(bool StripMarkup, int MaxLength, Truncation Truncation)
{
    /// <summary>Room for <c>[CLS]</c>, one token and <c>[SEP]</c>.</summary>
    public const int MinLength = 3;

    /// <param name="tokenIds">Token ids of any length, including <c>[CLS]</c> and <c>[SEP]</c>.</param>
    public int[] Truncate(int[] tokenIds) => TokenTruncation.Truncate(tokenIds, MaxLength, Truncation);
}
