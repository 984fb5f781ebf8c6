namespace ImdbPipeline.Core.Training;

/// <summary>
/// The <c>retrain</c> message. <c>{}</c> is valid: newest data set, default base model, that base's default recipe.
/// Whatever is null is filled in by <see cref="Recipe"/>.
/// </summary>
public sealed record RetrainRequest
{
    /// <summary><c>{dataset}</c> for its newest version, or <c>{dataset}/{version}</c>; null for the newest of all.</summary>
    public string? Dataset { get; init; }

    /// <summary>
    /// Data sets, named as <see cref="Dataset"/>, whose labelled reviews train the same encoder, each with a classifier of its
    /// own (multi-task fine-tuning); null or empty for none.
    /// </summary>
    public IReadOnlyList<string>? AuxiliaryDatasets { get; init; }

    /// <summary>
    /// <c>scratch-mini</c>, a local folder, <c>models/base/{name}</c> or <c>models/{version}</c> in storage, or a Hugging Face model id.
    /// Null: the host's default base model, <c>scratch-mini</c> unless the setting <c>BaseModel</c> names another.
    /// </summary>
    public string? BaseModel { get; init; }

    /// <summary>The run's name, <c>yyyyMMdd-HHmmss-…</c>; messages of one name ask for one run. Null: a name of the message's own.</summary>
    public string? Run { get; init; }

    /// <summary>The trace that the message belongs to, see <see cref="Telemetry.Cause"/>; null or no such thing: a trace of its own.</summary>
    public string? Traceparent { get; init; }

    public int? Epochs { get; init; }

    public int? BatchSize { get; init; }

    public int? EvalBatchSize { get; init; }

    public double? LearningRate { get; init; }

    public int? WarmupSteps { get; init; }

    public double? WeightDecay { get; init; }

    /// <summary>In word pieces, <c>[CLS]</c> and <c>[SEP]</c> included.</summary>
    public int? MaxLength { get; init; }

    public Truncation? Truncation { get; init; }

    /// <summary>The encoder layer, from 1, whose <c>[CLS]</c> the classifier reads; the layers above are left out of the model. Null for the last.</summary>
    public int? ClassifierLayer { get; init; }

    /// <summary>Whether reviews longer than <see cref="MaxLength"/> are read whole, in fractions, and how those are pooled.</summary>
    public FractionPooling? Hierarchical { get; init; }

    /// <summary>Each layer's learning rate is this factor times the layer's above it; 1 or null for none.</summary>
    public double? LayerwiseLrDecay { get; init; }

    /// <summary>Masked-language-model training before fine-tuning; null for none.</summary>
    public FurtherPretraining? FurtherPretraining { get; init; }

    public int? GradientAccumulation { get; init; }

    /// <summary>Stops after this many evaluations without a better validation accuracy.</summary>
    public int? EarlyStoppingPatience { get; init; }

    /// <summary>Ends training after this many minutes, evaluates and publishes what is there.</summary>
    public double? MaxMinutes { get; init; }

    public Precision? Precision { get; init; }

    /// <summary>A checkpoint that training can resume from is written every so many optimizer steps.</summary>
    public int? SaveSteps { get; init; }

    public int? Seed { get; init; }

    public PromotionMode? Promote { get; init; }
}

/// <summary>Which part of a review longer than the maximum length is kept.</summary>
public enum Truncation
{
    Head,
    Tail,

    /// <summary>The first 128 and the last 382 word pieces (scaled to other maximum lengths).</summary>
    HeadTail,
}

public enum PromotionMode
{
    /// <summary>The model becomes champion if the gate lets it.</summary>
    Auto,

    /// <summary>The model is published only.</summary>
    Never,

    /// <summary>As <see cref="Auto"/>, and only where its validation accuracy is at least the linear baseline's.</summary>
    AboveBaseline,
}
