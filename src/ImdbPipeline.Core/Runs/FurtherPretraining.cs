using ImdbPipeline.Core.Foundation;
using static ImdbPipeline.Core.Runs.SettingRange;

namespace ImdbPipeline.Core.Runs;

/// <summary>
/// Masked-language-model training on the training and unlabelled texts before fine-tuning (Sun et al. 2019, within-task
/// further pre-training). Every setting has a default, so <c>{}</c> is valid in a message.
/// </summary>
public sealed record FurtherPretraining
{
    public int Epochs { get; init; } = 1;

    /// <summary>Stops after this many optimizer steps; null for no limit.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>Stops after this many minutes; fine-tuning continues from there.</summary>
    public double? MaxMinutes { get; init; }

    public int BatchSize { get; init; } = 32;

    /// <summary>In tokens, including <c>[CLS]</c> and <c>[SEP]</c>.</summary>
    public int MaxLength { get; init; } = 128;

    /// <summary>Peak learning rate. Null: the base model's default, 5e-5 if pre-trained, higher for random weights.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Null: a tenth of all steps.</summary>
    public int? WarmupSteps { get; init; }

    /// <summary>Fraction of the tokens to predict.</summary>
    public double MlmProbability { get; init; } = 0.15;

    /// <param name="setting">Name of this object in the message; prefixes its settings' names in errors.</param>
    /// <returns>The same settings.</returns>
    /// <exception cref="InputRejectedException">A value is out of range.</exception>
    internal FurtherPretraining Validated(string setting) => new()
    {
        Epochs = Within($"{setting}.epochs", Epochs, 1, 100),
        MaxSteps = WithinIfGiven($"{setting}.maxSteps", MaxSteps, 1, 10_000_000),
        MaxMinutes = WithinIfGiven($"{setting}.maxMinutes", MaxMinutes, 0.01, 10_080),
        BatchSize = Within($"{setting}.batchSize", BatchSize, 1, 1024),
        MaxLength = Within($"{setting}.maxLength", MaxLength, 8, 8192),
        LearningRate = WithinIfGiven($"{setting}.learningRate", LearningRate, 1e-8, 1),
        WarmupSteps = WithinIfGiven($"{setting}.warmupSteps", WarmupSteps, 0, 1_000_000),
        MlmProbability = Within($"{setting}.mlmProbability", MlmProbability, 0.01, 0.9),
    };
}
