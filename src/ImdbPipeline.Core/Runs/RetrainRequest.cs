using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Core.Runs;

/// <summary>
/// The <c>retrain</c> message. <c>{}</c> is valid: the default task, its newest dataset, default base model and its default recipe.
/// <see cref="Recipe.Resolve"/> fills in null settings.
/// </summary>
public sealed record RetrainRequest
{
    /// <summary>The task whose champion the model may become; null for that of <see cref="Dataset"/>, otherwise for the default task.</summary>
    public string? Task { get; init; }

    /// <summary><c>{dataset}</c> for its newest version, or <c>{dataset}/{version}</c>; null for the task's newest dataset.</summary>
    public string? Dataset { get; init; }

    /// <summary>
    /// Datasets, named like <see cref="Dataset"/>, whose labelled texts also train the encoder, each with its own classifier
    /// (multi-task fine-tuning); null or empty for none.
    /// </summary>
    public IReadOnlyList<string>? AuxiliaryDatasets { get; init; }

    /// <summary>
    /// <c>minilm</c>, <c>scratch-mini</c>, a local folder, <c>models/base/{name}</c> or <c>models/{version}</c> in storage, or a Hugging Face model id.
    /// Null: the trainer's default base model, set by <c>BaseModel</c>, otherwise <c>minilm</c>.
    /// </summary>
    public string? BaseModel { get; init; }

    /// <summary>The run's name, <c>yyyyMMdd-HHmmss-…</c>; messages with the same name start only one run. Null: derived from the message.</summary>
    public string? Run { get; init; }

    /// <summary>The message's trace, see <see cref="Telemetry.TraceContext"/>; a new trace if null or invalid.</summary>
    public string? Traceparent { get; init; }

    public int? Epochs { get; init; }

    public int? BatchSize { get; init; }

    public int? EvalBatchSize { get; init; }

    public double? LearningRate { get; init; }

    public int? WarmupSteps { get; init; }

    /// <summary>Warm-up as a share of all steps, 0 to 1; without effect next to <see cref="WarmupSteps"/>.</summary>
    public double? WarmupRatio { get; init; }

    public double? WeightDecay { get; init; }

    /// <summary>In tokens, including <c>[CLS]</c> and <c>[SEP]</c>.</summary>
    public int? MaxLength { get; init; }

    public Truncation? Truncation { get; init; }

    /// <summary>Number of epochs, at the beginning, that read only half of <see cref="MaxLength"/>.</summary>
    public int? ShortEpochs { get; init; }

    /// <summary>The encoder layer, counted from 1, that feeds the classifier; layers above it are dropped from the model. Null for the last.</summary>
    public int? ClassifierLayer { get; init; }

    /// <summary>Whether texts longer than <see cref="MaxLength"/> are split into fractions, and how these are pooled.</summary>
    public FractionPooling? Hierarchical { get; init; }

    /// <summary>Each layer's learning rate is this factor times that of the layer above; 1 means no decay.</summary>
    public double? LayerwiseLrDecay { get; init; }

    /// <summary>Masked-language-model training before fine-tuning; null for the base model's default.</summary>
    public FurtherPretraining? FurtherPretraining { get; init; }

    public int? GradientAccumulation { get; init; }

    /// <summary>Stops after this many validations without improved accuracy.</summary>
    public int? EarlyStoppingPatience { get; init; }

    /// <summary>Whether a run of several epochs keeps the weights of the epoch with the best validation accuracy.</summary>
    public bool? KeepBest { get; init; }

    public ClassWeighting? ClassWeights { get; init; }

    /// <summary>Stops training after this many minutes; the model is then evaluated and published.</summary>
    public double? MaxMinutes { get; init; }

    /// <summary>Evaluates a random part of a split if the whole would take longer than this many minutes.</summary>
    public double? MaxEvalMinutes { get; init; }

    /// <summary>Tokens per text in evaluation and scoring; null to choose on validation texts.</summary>
    public int? EvalMaxLength { get; init; }

    public TrainingPrecision? Precision { get; init; }

    /// <summary>Writes a checkpoint every this many optimizer steps.</summary>
    public int? SaveSteps { get; init; }

    public int? Seed { get; init; }

    /// <summary><c>none</c>, <c>ngrams</c>, or a trained model with the same labels: a folder, <c>models/{version}</c>, <c>models/base/{name}</c> or a Hugging Face model id.</summary>
    public string? Teacher { get; init; }

    public AveragingMode? Averaging { get; init; }

    public BlendMode? Blend { get; init; }

    public PromotionMode? Promote { get; init; }
}

public enum PromotionMode
{
    /// <summary>The model becomes champion if it passes the promotion gate.</summary>
    Auto,

    /// <summary>The model is published but not promoted.</summary>
    Never,

    /// <summary>Like <see cref="Auto"/>, but the validation accuracy must also be at least the linear baseline's.</summary>
    AboveBaseline,
}
