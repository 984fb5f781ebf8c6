namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>Header entry of one tensor in a safetensors file.</summary>
/// <param name="Name">Tensor name, such as <c>classifier.weight</c>.</param>
/// <param name="Type">Data type as spelled in the format: <c>F32</c>, <c>F16</c>, <c>BF16</c>, <c>I64</c> …</param>
/// <param name="Shape">Row-major.</param>
/// <param name="Begin">Offset of the first byte, counted from the end of the header.</param>
/// <param name="End">Offset after the last byte.</param>
public sealed record TensorHeader(string Name, string Type, IReadOnlyList<long> Shape, long Begin, long End);
