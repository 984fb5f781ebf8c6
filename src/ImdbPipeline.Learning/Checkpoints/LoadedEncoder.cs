using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.Checkpoints;

/// <param name="Encoder">The model; whoever loads it disposes it.</param>
/// <param name="Notes">What a person should know: heads freshly initialised, tensors not used.</param>
public sealed record LoadedEncoder(Encoder Encoder, IReadOnlyList<string> Notes);
