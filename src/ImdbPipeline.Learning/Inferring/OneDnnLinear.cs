using ImdbPipeline.Learning.Foundation;
using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>A dense layer computed by oneDNN.</summary>
internal sealed class OneDnnLinear : IPackedLinear
{
    private const string Script = """
        def pack(weight: Tensor):
            return weight.to_mkldnn()

        def product(input: Tensor, weight: Tensor, bias: Tensor):
            return torch.mkldnn_linear(input.to_mkldnn(), weight, bias).to_dense()

        def products(input: Tensor, weight: Tensor, bias: Tensor, second: Tensor, second_bias: Tensor):
            return torch.mkldnn_linear(torch.gelu(torch.mkldnn_linear(input.to_mkldnn(), weight, bias)), second, second_bias).to_dense()

        """;

    // oneDNN chooses different blocks for few rows and for many: check both.
    private static readonly long[] checkedRows = [1, 64];

    private static readonly jit.CompilationUnit compiled = jit.compile(Script);

    private readonly Tensor weight;
    private readonly Tensor bias;

    private OneDnnLinear(Tensor weight, Tensor bias) => (this.weight, this.bias) = (compiled.invoke<Tensor>("pack", weight).DetachFromDisposeScope(), bias);

    /// <param name="weight"><c>[outputs, inputs]</c>, copied.</param>
    /// <param name="bias"><c>[outputs]</c>; if a product is returned, it takes ownership.</param>
    /// <returns>Null if oneDNN computes wrong results with these weights.</returns>
    public static OneDnnLinear? TryCreate(Tensor weight, Tensor bias)
    {
        if (weight.device_type != DeviceType.CPU || !OneDnn.Fits(weight.shape[0], weight.shape[1]))
            return null;
        var product = new OneDnnLinear(weight, bias);
        if (checkedRows.All(rows => product.IsCorrect(rows, weight)))
            return product;
        product.weight.Dispose();
        return null;
    }

    public Tensor Apply(Tensor input) => compiled.invoke<Tensor>("product", input, weight, bias);

    /// <summary>This product, GELU and a second product, without copying the intermediate result.</summary>
    public Tensor Apply(Tensor input, OneDnnLinear second) => compiled.invoke<Tensor>("products", input, weight, bias, second.weight, second.bias);

    public void Dispose()
    {
        weight.Dispose();
        bias.Dispose();
    }

    private bool IsCorrect(long rows, Tensor unpacked)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var input = randn([rows, unpacked.shape[1]], generator: generator);
        var expected = nn.functional.linear(input, unpacked, bias);
        return ((Apply(input) - expected).abs().max() / expected.abs().max()).item<float>() < OneDnn.Tolerance;
    }
}
