using ImdbPipeline.Learning.Foundation;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>
/// Dense layers in int8: weights are quantized symmetrically per output, activations per token, so a text's logits do not depend
/// on the rest of its batch.
/// </summary>
internal static class Int8Linear
{
    private const string Script = """
        def quantize(weight: Tensor):
            scale = weight.abs().amax([1], True).clamp_min(1e-30).div_(127.0)
            return weight.div(scale).round_().to(1), scale.squeeze(1)

        """;

    private static readonly jit.CompilationUnit compiled = jit.compile(Script);

    /// <param name="weight"><c>[outputs, inputs]</c>, copied.</param>
    /// <param name="bias"><c>[outputs]</c>; the product takes ownership.</param>
    public static IPackedLinear Create(Tensor weight, Tensor bias)
    {
        var (values, scale) = Quantize(weight);
        // By instruction set and not by measuring: the kernels round differently, and a restart must not change scores.
        return !Processor.HasVnni && FbgemmInt8Linear.IsSupported ? new FbgemmInt8Linear(values, scale, bias) : new OneDnnInt8Linear(values, scale, bias);
    }

    /// <returns>int8 <c>[outputs, inputs]</c> and float32 <c>[outputs]</c>.</returns>
    internal static (Tensor Values, Tensor Scale) Quantize(Tensor weight)
    {
        var (values, scale) = compiled.invoke<(Tensor, Tensor)>("quantize", weight);
        return (values.DetachFromDisposeScope(), scale.DetachFromDisposeScope());
    }
}
