using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.ModelFolders;

/// <param name="Encoder">The model; the caller disposes it.</param>
/// <param name="Notes">Notes for the user: newly initialised heads, unused tensors.</param>
public sealed record LoadedEncoder(TrainableEncoder Encoder, IReadOnlyList<string> Notes);
