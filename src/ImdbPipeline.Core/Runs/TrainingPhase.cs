namespace ImdbPipeline.Core.Runs;

/// <summary>What the trainer is currently doing.</summary>
public enum TrainingPhase
{
    /// <summary>Downloading the base model or the teacher; progress in bytes.</summary>
    Downloading,

    /// <summary>Reading the texts and tokenizing them if needed.</summary>
    Reading,

    /// <summary>Fitting the linear baseline and, for scratch base models, word vectors; labelling texts by a teacher.</summary>
    Preparing,

    /// <summary>Further pre-training with the masked-language-model objective.</summary>
    Pretraining,

    Training,

    /// <summary>Evaluating on the validation split between epochs.</summary>
    Validating,

    /// <summary>Evaluating the finished model.</summary>
    Evaluating,
}
