using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>
/// The product through oneDNN. Torch alone would take MKL for float32, which leaves half the vector unit of AMD's
/// processors idle; on Intel's the two are even.
/// </summary>
internal sealed class OneDnnProduct : IPreparedProduct
{
    private const string Script = """
        def pack(weight: Tensor):
            return weight.to_mkldnn()

        def product(input: Tensor, weight: Tensor, bias: Tensor):
            return torch.mkldnn_linear(input.to_mkldnn(), weight, bias).to_dense()

        def products(input: Tensor, weight: Tensor, bias: Tensor, second: Tensor, second_bias: Tensor):
            return torch.mkldnn_linear(torch.gelu(torch.mkldnn_linear(input.to_mkldnn(), weight, bias)), second, second_bias).to_dense()

        """;

    // oneDNN blocks the weights by 16, 32, 48 or 64 outputs, as rows and threads suggest. Where the last block has to be filled up,
    // libtorch 2.10 computes nonsense: so only outputs that every block divides.
    private const int OutputBlock = 192, InputBlock = 64;

    // The blocks for few rows and for many.
    private static readonly long[] provedRows = [1, 64];

    // Sums of normal numbers, of which a wrong block would leave out or repeat many.
    private const double Tolerance = 1e-4;

    private static readonly jit.CompilationUnit compiled = jit.compile(Script);

    private readonly Tensor weight;
    private readonly Tensor bias;

    private OneDnnProduct(Tensor weight, Tensor bias) => (this.weight, this.bias) = (compiled.invoke<Tensor>("pack", weight).DetachFromDisposeScope(), bias);

    /// <param name="weight"><c>[outputs, inputs]</c>, copied.</param>
    /// <param name="bias"><c>[outputs]</c>; owned by the product, where there is one.</param>
    /// <returns>Null where oneDNN cannot be trusted with these weights.</returns>
    public static OneDnnProduct? TryCreate(Tensor weight, Tensor bias)
    {
        if (weight.device_type != DeviceType.CPU || weight.shape[0] % OutputBlock != 0 || weight.shape[1] % InputBlock != 0)
            return null;
        var product = new OneDnnProduct(weight, bias);
        if (provedRows.All(rows => product.IsRight(rows, weight)))
            return product;
        product.weight.Dispose();
        return null;
    }

    public Tensor Apply(Tensor input) => compiled.invoke<Tensor>("product", input, weight, bias);

    /// <summary>This product, gelu, and another product, without a copy of what lies between.</summary>
    public Tensor Apply(Tensor input, OneDnnProduct second) => compiled.invoke<Tensor>("products", input, weight, bias, second.weight, second.bias);

    public void Dispose()
    {
        weight.Dispose();
        bias.Dispose();
    }

    private bool IsRight(long rows, Tensor plain)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var input = randn([rows, plain.shape[1]], generator: generator);
        var expected = nn.functional.linear(input, plain, bias);
        return ((Apply(input) - expected).abs().max() / expected.abs().max()).item<float>() < Tolerance;
    }
}
