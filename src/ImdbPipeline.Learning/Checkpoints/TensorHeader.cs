namespace ImdbPipeline.Learning.Checkpoints;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name, such as <c>classifier.weight</c>.</param>
/// <param name="Type">The stored type as the format spells it: <c>F32</c>, <c>F16</c>, <c>BF16</c>, <c>I64</c> …</param>
/// <param name="Shape">Row-major.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">The byte after its last.</param>
public sealed record TensorHeader(string Name, string Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    public long Elements => Shape.Aggregate(1L, (product, size) => product * size);
}
