using BenchmarkDotNet.Attributes;
using ImdbPipeline.Learning.Inferring;
using static TorchSharp.torch;

namespace ImdbPipeline.Benchmarks.Kernels;

/// <summary>Matrix product of the largest dense layer of DistilBERT, for a short review and for a whole batch.</summary>
public class ProductKernels
{
    private const int Inputs = 768, Outputs = 3072;

    private Tensor input = null!;
    private IPackedLinear[] products = [];

    [Params(64, 1024)]
    public int Tokens { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        using var weight = randn(Outputs, Inputs);
        input = randn(Tokens, Inputs);
        products =
        [
            new TorchLinear(weight.clone(), zeros(Outputs)),
            OneDnnLinear.TryCreate(weight, zeros(Outputs)) ?? throw new InvalidOperationException("oneDNN: expected the same product as torch, found a different one."),
            Int8Linear.Create(weight, zeros(Outputs)),
        ];
    }

    [GlobalCleanup]
    public void Release()
    {
        input.Dispose();
        foreach (var product in products)
            product.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Torch() => Apply(products[0]);

    [Benchmark]
    public void OneDnn() => Apply(products[1]);

    [Benchmark]
    public void QuantizedInt8() => Apply(products[2]);

    private void Apply(IPackedLinear product)
    {
        using var inference = inference_mode();
        product.Apply(input).Dispose();
    }
}
