using static ImdbPipeline.Core.Training.SettingRange;

namespace ImdbPipeline.Core.Training;

/// <summary>
/// Masked-language-model training on the training and unlabelled reviews before fine-tuning (Sun et al. 2019, within-task
/// further pre-training). Every setting has its default, so <c>{}</c> is valid in a message.
/// </summary>
public sealed record FurtherPretraining
{
    public int Epochs { get; init; } = 1;

    /// <summary>Ends it after this many optimizer steps; null for all of the epochs'.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>Ends it after this many minutes; fine-tuning goes on from what is there.</summary>
    public double? MaxMinutes { get; init; }

    public int BatchSize { get; init; } = 32;

    /// <summary>In word pieces, <c>[CLS]</c> and <c>[SEP]</c> included.</summary>
    public int MaxLength { get; init; } = 128;

    /// <summary>The peak. Null: the base's own, 5e-5 for a pre-trained one, more for one of random weights.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Null: a tenth of the steps, known only once the reviews are counted.</summary>
    public int? WarmupSteps { get; init; }

    /// <summary>The share of the word pieces that are to be predicted.</summary>
    public double MlmProbability { get; init; } = 0.15;

    /// <param name="setting">Its name in the message, the beginning of its settings' names.</param>
    /// <returns>The same settings.</returns>
    /// <exception cref="InputRejectedException">A value is impossible.</exception>
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
