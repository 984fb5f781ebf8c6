namespace ImdbPipeline.Core.Training;

/// <summary>What a trainer is doing.</summary>
public enum TrainingStage
{
    /// <summary>Fetching the base model; counted in bytes.</summary>
    Downloading,

    /// <summary>Reading and, where needed, tokenizing the reviews.</summary>
    Reading,

    /// <summary>Fitting the linear baseline, and what a model from nothing learns from: word vectors and a teacher.</summary>
    Preparing,

    /// <summary>Learning the language of the reviews: masked-language-model training.</summary>
    Pretraining,

    Training,

    /// <summary>Measuring on the validation reviews between epochs.</summary>
    Validating,

    /// <summary>Measuring the finished model.</summary>
    Evaluating,
}
