using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>
/// Dense layers in int8: weights are quantized symmetrically per output, activations per token, so a text's logits do not depend
/// on the rest of its batch. The kernel is the faster one on this CPU.
/// </summary>
internal static class Int8Linear
{
    private const string Script = """
        def quantize(weight: Tensor):
            scale = weight.abs().amax([1], True).clamp_min(1e-30).div_(127.0)
            return weight.div(scale).round_().to(1), scale.squeeze(1)

        """;

    private static readonly jit.CompilationUnit compiled = jit.compile(Script);

    private static readonly Lazy<bool> fbgemmIsFaster = new(() => FbgemmInt8Linear.IsSupported && Time((w, s, b) => new FbgemmInt8Linear(w, s, b)) < Time((w, s, b) => new OneDnnInt8Linear(w, s, b)));

    /// <param name="weight"><c>[outputs, inputs]</c>, copied.</param>
    /// <param name="bias"><c>[outputs]</c>; the product takes ownership.</param>
    public static IPackedLinear Create(Tensor weight, Tensor bias)
    {
        var (values, scale) = Quantize(weight);
        return fbgemmIsFaster.Value ? new FbgemmInt8Linear(values, scale, bias) : new OneDnnInt8Linear(values, scale, bias);
    }

    /// <returns>int8 <c>[outputs, inputs]</c> and float32 <c>[outputs]</c>.</returns>
    internal static (Tensor Values, Tensor Scale) Quantize(Tensor weight)
    {
        var (values, scale) = compiled.invoke<(Tensor, Tensor)>("quantize", weight);
        return (values.DetachFromDisposeScope(), scale.DetachFromDisposeScope());
    }

    // Few rows, because torch's plain loop takes seconds for many.
    private static TimeSpan Time(Func<Tensor, Tensor, Tensor, IPackedLinear> create)
    {
        const int Rows = 64, Width = 768, Runs = 3;
        using var scope = NewDisposeScope();
        var (values, scale) = Quantize(torch.ones(Width, Width));
        using var product = create(values, scale, torch.zeros(Width).DetachFromDisposeScope());
        var input = torch.ones(Rows, Width);
        product.Apply(input);
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            product.Apply(input);
            best = TimeSpan.FromTicks(Math.Min(best.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
        }
        return best;
    }
}
