namespace ImdbPipeline.Learning.Encoders;

/// <summary>One required parameter of an encoder.</summary>
/// <param name="Name">Hugging Face parameter name.</param>
/// <param name="Shape">Row-major.</param>
/// <param name="Depth">0 for the embeddings, i + 1 for encoder layer i, layers + 1 for the head.</param>
/// <param name="Kind">Determines its initialisation and whether weight decay applies.</param>
public sealed record ParameterSpec(string Name, long[] Shape, int Depth, ParameterKind Kind);

public enum ParameterKind
{
    Weight,
    Bias,
    NormScale,
    NormShift,
}
