namespace ImdbPipeline.Learning.Encoders;

/// <summary>One parameter an encoder must have.</summary>
/// <param name="Name">As in Hugging Face's files.</param>
/// <param name="Shape">Row-major.</param>
/// <param name="Depth">0 for the embeddings, i + 1 for encoder layer i, layers + 1 for the head.</param>
/// <param name="Kind">How it is initialised, and whether weight decay applies.</param>
public sealed record ParameterSpec(string Name, long[] Shape, int Depth, ParameterKind Kind);

public enum ParameterKind
{
    Weight,
    Bias,
    NormScale,
    NormShift,
}
