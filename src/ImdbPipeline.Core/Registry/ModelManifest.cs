using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Core.Registry;

/// <summary>
/// <c>models/{version}/manifest.json</c>, written last: without it the model does not exist, and files it does not list
/// are not part of the model.
/// </summary>
public sealed record ModelManifest
{
    public required string Version { get; init; }

    public required IReadOnlyList<ModelFile> Files { get; init; }

    /// <summary>Label names in the order of the logits.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary><c>validationAccuracy</c>, <c>testAccuracy</c>, <c>validationLoss</c> …; accuracies range from 0 to 1.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary><c>{dataset}/{version}</c> of the training data; null for models trained outside the pipeline.</summary>
    public string? Dataset { get; init; }

    /// <summary>The task whose champion it may become; null for models trained outside the pipeline, or before there were tasks.</summary>
    public string? Task { get; init; }

    /// <summary>The run that trained the model; null for models trained outside the pipeline.</summary>
    public string? Run { get; init; }

    /// <summary>The base model that was fine-tuned.</summary>
    public string? BaseModel { get; init; }

    public Recipe? Recipe { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Compared by the promotion gate; null if not measured.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double? ValidationAccuracy => Metrics.TryGetValue(ValidationAccuracyName, out var accuracy) ? accuracy : null;

    /// <summary>Validation accuracy of a linear model on the same texts; null if not measured.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double? BaselineValidationAccuracy => Metrics.TryGetValue(BaselineValidationAccuracyName, out var accuracy) ? accuracy : null;

    /// <summary>Number of texts behind <see cref="ValidationAccuracy"/>; null if not recorded.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int? ValidationTexts => Metrics.TryGetValue(ValidationTextsName, out var texts) ? (int)texts : null;

    public const string ValidationTextsName = "validationReviews";
    public const string ValidationAccuracyName = "validationAccuracy";
    public const string TestAccuracyName = "testAccuracy";
    public const string BaselineValidationAccuracyName = "baselineValidationAccuracy";
    public const string BaselineTestAccuracyName = "baselineTestAccuracy";
}

/// <param name="Path">Relative to the model folder.</param>
/// <param name="Bytes">Length in bytes.</param>
/// <param name="Sha256">SHA-256 of the content in lower-case hex.</param>
public sealed record ModelFile(string Path, long Bytes, string Sha256);
