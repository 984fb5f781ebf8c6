namespace ImdbPipeline.Learning.ModelFolders;

/// <param name="Folder">Path of the model folder.</param>
/// <param name="State">Training settings and metrics.</param>
/// <param name="Labels">Label names, in the order of the logits.</param>
public sealed record TrainedModel(string Folder, TrainerState State, IReadOnlyList<string> Labels);
