using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;

namespace ImdbPipeline.Learning.Training;

/// <summary>Inputs of the training loop, prepared from a base model and a dataset.</summary>
/// <param name="Encoder">Encoder with its initial weights; the caller disposes it.</param>
/// <param name="Files">Config and vocabulary of the model.</param>
/// <param name="Treatment">How texts are cleaned and truncated, in training and in scoring.</param>
/// <param name="Objective">Objective for the labelled texts.</param>
/// <param name="Texts">Untruncated token IDs of all training and unlabelled texts; empty without further pre-training.</param>
/// <param name="Method">Training settings that are not part of the recipe.</param>
/// <param name="Notes">Notes for the model card.</param>
public sealed record PreparedTraining(
    TrainableEncoder Encoder, ModelFiles Files, TextPreprocessing Treatment, ClassificationObjective Objective, IReadOnlyList<int[]> Texts, TrainingMethod Method,
    IReadOnlyList<string> Notes);
