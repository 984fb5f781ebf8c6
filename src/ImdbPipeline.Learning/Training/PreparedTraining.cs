using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.Training;

/// <summary>Everything a training needs once the base and the data are known.</summary>
/// <param name="Encoder">With its first weights; whoever trains it disposes it.</param>
/// <param name="Files">Config and tokenizer files of the model to come.</param>
/// <param name="Treatment">How texts are treated, in training and in scoring.</param>
/// <param name="Objective">What is to be learnt from the labelled reviews.</param>
/// <param name="Reviews">Token ids of all training and unlabelled reviews, not cut, for further pre-training; empty where there is none.</param>
/// <param name="Method">How it is learnt, beyond the recipe.</param>
/// <param name="Notes">What a person should know.</param>
public sealed record PreparedTraining(
    Encoder Encoder, ModelFiles Files, TextTreatment Treatment, ClassificationObjective Objective, IReadOnlyList<int[]> Reviews, TrainingMethod Method,
    IReadOnlyList<string> Notes);
