using System.Diagnostics;
using ImdbPipeline.Learning.Inferring;
using static TorchSharp.torch;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>The rate of a large matrix product on this machine, by the fastest of torch's kernels: what a step could reach at best.</summary>
internal static class ProductRate
{
    private const int Rows = 4096, Inputs = 384, Outputs = 1536, Repeats = 20;

    /// <returns>Floating-point operations per second.</returns>
    public static double Measure(ScalarType type)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        Tensor input = randn(Rows, Inputs).to(type), weight = randn(Outputs, Inputs).to(type);
        using var product = type == ScalarType.Float32 ? OneDnnLinear.TryCreate(weight, zeros(Outputs).DetachFromDisposeScope()) : null;
        var best = double.MaxValue;
        for (var i = 0; i < Repeats; i++)
            best = Math.Min(best, Math.Min(Seconds(() => input.matmul(weight.t())), product is null ? best : Seconds(() => product.Apply(input))));
        return 2.0 * Rows * Inputs * Outputs / best;
    }

    private static double Seconds(Func<Tensor> product)
    {
        using var scope = NewDisposeScope();
        var started = Stopwatch.GetTimestamp();
        product();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
