using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;
using static ImdbPipeline.Core.Runs.SettingRange;

namespace ImdbPipeline.Core.Runs;

/// <summary>All fine-tuning settings; those the request leaves unset come from the base model's defaults.</summary>
public sealed record Recipe
{
    /// <summary>Values of <see cref="Teacher"/> that are not a model's name.</summary>
    public const string NoTeacher = "none", NgramTeacher = "ngrams";

    public int Epochs { get; init; } = 1;

    public int BatchSize { get; init; } = 16;

    public int EvalBatchSize { get; init; } = 64;

    /// <summary>Peak learning rate, after a linear warm-up and before a linear decay to zero.</summary>
    public double LearningRate { get; init; } = 5e-5;

    public int WarmupSteps { get; init; } = 500;

    /// <summary>Warm-up as a share of all steps, in place of <see cref="WarmupSteps"/>; null for a number of steps.</summary>
    public double? WarmupRatio { get; init; }

    /// <summary>
    /// Whether a run of fewer than 1,000 steps warms up for at most a tenth of them. Set if the request does not name a number of
    /// steps: a small dataset would otherwise be trained with a fraction of the learning rate only.
    /// </summary>
    public bool LimitWarmup { get; init; }

    public double WeightDecay { get; init; } = 0.01;

    public int MaxLength { get; init; } = 512;

    public Truncation Truncation { get; init; } = Truncation.Head;

    /// <summary>Number of epochs, at the beginning, that read only half of <see cref="MaxLength"/>.</summary>
    public int ShortEpochs { get; init; }

    /// <summary>The encoder layer, counted from 1, whose <c>[CLS]</c> hidden state feeds the classifier; null for the last.</summary>
    public int? ClassifierLayer { get; init; }

    public FractionPooling Hierarchical { get; init; } = FractionPooling.None;

    public double LayerwiseLrDecay { get; init; } = 1;

    /// <summary>Null for none.</summary>
    public FurtherPretraining? FurtherPretraining { get; init; }

    public int GradientAccumulation { get; init; } = 1;

    public int? EarlyStoppingPatience { get; init; }

    /// <summary>Whether a run of several epochs, not counting short ones, keeps the weights of the epoch with the best validation accuracy, instead of the last one's.</summary>
    public bool KeepBest { get; init; } = true;

    public ClassWeighting ClassWeights { get; init; }

    public double? MaxMinutes { get; init; }

    /// <summary>Time limit for evaluating one split, in minutes; beyond it, a random part of the split is evaluated. Null for none.</summary>
    public double? MaxEvalMinutes { get; init; } = 30;

    /// <summary>Tokens per text in evaluation and scoring; null: as in training, or as many as the encoder can read if that helps.</summary>
    public int? EvalMaxLength { get; init; }

    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Fp32;

    /// <summary>Writes a checkpoint every this many optimizer steps.</summary>
    public int SaveSteps { get; init; } = 500;

    /// <summary>Writes metrics every this many optimizer steps.</summary>
    public int LoggingSteps { get; init; } = 100;

    /// <summary>Gradients are clipped to this norm; same default as Hugging Face.</summary>
    public double MaxGradNorm { get; init; } = 1;

    public int Seed { get; init; } = 42;

    /// <summary>The model whose labels are learned too: <see cref="NoTeacher"/>, <see cref="NgramTeacher"/>, or the name of a trained model.</summary>
    public string Teacher { get; init; } = NoTeacher;

    /// <summary>Which weights the model gets.</summary>
    public AveragingMode Averaging { get; init; }

    public BlendMode Blend { get; init; }

    public PromotionMode Promote { get; init; } = PromotionMode.Auto;

    /// <summary>The original notebook's recipe for a pre-trained encoder.</summary>
    public static Recipe Notebook { get; } = new();

    /// <param name="request">Its settings take precedence.</param>
    /// <param name="defaults">The base model's default recipe.</param>
    /// <exception cref="InputRejectedException">A value is out of range.</exception>
    public static Recipe Resolve(RetrainRequest request, Recipe defaults)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(defaults);
        var epochs = Within("epochs", request.Epochs ?? defaults.Epochs, 1, 100);
        return new Recipe
        {
            Epochs = epochs,
            BatchSize = Within("batchSize", request.BatchSize ?? defaults.BatchSize, 1, 1024),
            EvalBatchSize = Within("evalBatchSize", request.EvalBatchSize ?? defaults.EvalBatchSize, 1, 4096),
            LearningRate = Within("learningRate", request.LearningRate ?? defaults.LearningRate, 1e-8, 1),
            WarmupSteps = Within("warmupSteps", request.WarmupSteps ?? defaults.WarmupSteps, 0, 1_000_000),
            WarmupRatio = WithinIfGiven("warmupRatio", request.WarmupRatio ?? defaults.WarmupRatio, 0, 1) is { } ratio && request.WarmupSteps is null ? ratio : null,
            LimitWarmup = request.WarmupSteps is null,
            WeightDecay = Within("weightDecay", request.WeightDecay ?? defaults.WeightDecay, 0, 1),
            MaxLength = Within("maxLength", request.MaxLength ?? defaults.MaxLength, 8, 8192),
            Truncation = request.Truncation ?? defaults.Truncation,
            ShortEpochs = Within("shortEpochs", request.ShortEpochs ?? Math.Min(defaults.ShortEpochs, epochs - 1), 0, 100),
            ClassifierLayer = WithinIfGiven("classifierLayer", request.ClassifierLayer ?? defaults.ClassifierLayer, 1, 48),
            Hierarchical = request.Hierarchical ?? defaults.Hierarchical,
            LayerwiseLrDecay = Within("layerwiseLrDecay", request.LayerwiseLrDecay ?? defaults.LayerwiseLrDecay, 0.1, 1),
            FurtherPretraining = (request.FurtherPretraining ?? defaults.FurtherPretraining)?.Validated("furtherPretraining"),
            GradientAccumulation = Within("gradientAccumulation", request.GradientAccumulation ?? defaults.GradientAccumulation, 1, 1024),
            EarlyStoppingPatience = WithinIfGiven("earlyStoppingPatience", request.EarlyStoppingPatience ?? defaults.EarlyStoppingPatience, 1, 1000),
            KeepBest = request.KeepBest ?? defaults.KeepBest,
            ClassWeights = request.ClassWeights ?? defaults.ClassWeights,
            MaxMinutes = WithinIfGiven("maxMinutes", request.MaxMinutes ?? defaults.MaxMinutes, 0.01, 10_080),
            MaxEvalMinutes = WithinIfGiven("maxEvalMinutes", request.MaxEvalMinutes ?? defaults.MaxEvalMinutes, 0.01, 10_080),
            EvalMaxLength = WithinIfGiven("evalMaxLength", request.EvalMaxLength ?? defaults.EvalMaxLength, 8, 8192),
            Precision = request.Precision ?? defaults.Precision,
            SaveSteps = Within("saveSteps", request.SaveSteps ?? defaults.SaveSteps, 1, 1_000_000),
            LoggingSteps = defaults.LoggingSteps,
            MaxGradNorm = defaults.MaxGradNorm,
            Seed = Within("seed", request.Seed ?? defaults.Seed, 0, int.MaxValue),
            Teacher = request.Teacher ?? defaults.Teacher,
            Averaging = request.Averaging ?? defaults.Averaging,
            Blend = request.Blend ?? defaults.Blend,
            Promote = request.Promote ?? defaults.Promote,
        };
    }
}
