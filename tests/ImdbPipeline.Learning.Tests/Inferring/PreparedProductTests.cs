using ImdbPipeline.Learning.Inferring;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Tests.Inferring;

public sealed class PreparedProductTests
{
    [Fact]
    public void OneDNN_products_equal_those_of_torch_for_all_supported_shapes()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var generator = new Generator(11, CPU);
        foreach (var rows in (int[])[1, 2, 7, 16, 20, 64, 300])
            foreach (var inputs in (int[])[64, 128, 192, 768])
                foreach (var outputs in (int[])[192, 384, 768, 1536, 2304, 3072])
                {
                    Tensor input = randn([rows, inputs], generator: generator), weight = randn([outputs, inputs], generator: generator);
                    using var product = OneDnnLinear.TryCreate(weight, randn([outputs], generator: generator).DetachFromDisposeScope());
                    Assert.NotNull(product);

                    AssertClose(input, weight, product, 1e-5, $"{rows} rows, {inputs} inputs, {outputs} outputs");
                }
    }

    [Theory]
    [InlineData(48, 64)]
    [InlineData(256, 64)]
    [InlineData(192, 32)]
    [InlineData(770, 768)]
    public void Weights_that_oneDNN_would_have_to_pad_are_left_to_torch(int outputs, int inputs)
    {
        using Tensor weight = zeros(outputs, inputs), bias = zeros(outputs);

        Assert.Null(OneDnnLinear.TryCreate(weight, bias));
    }

    public static TheoryData<string> Int8Kernels => FbgemmInt8Linear.IsSupported ? ["onednn", "fbgemm"] : ["onednn"];

    [Fact]
    public void OneDNN_multiplies_integers_within_8_bits_exactly()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var generator = new Generator(12, CPU);
        var (input, weight) = (Integers([5, 96]), Integers([48, 96]));
        using var product = Int8("onednn", weight, zeros(48));

        // All scales are exactly 1, so only the rounding of the scales remains.
        Assert.True(product.Apply(input).allclose(nn.functional.linear(input, weight), rtol: 1e-6, atol: 1e-2));

        Tensor Integers(long[] shape)
        {
            var values = randint(-126, 127, shape, dtype: ScalarType.Float32, generator: generator);
            values[.., 0] = 127;
            return values;
        }
    }

    [Theory]
    [MemberData(nameof(Int8Kernels))]
    public void Int8_products_are_close_to_those_in_fp32(string kernel)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var generator = new Generator(13, CPU);
        // Rows of very different sizes: each has a scale of its own.
        var input = randn([65, 384], generator: generator) * pow(10, linspace(-3, 3, 65)).unsqueeze(1);
        var weight = randn([1536, 384], generator: generator);
        using var product = Int8(kernel, weight, zeros(1536));

        var expected = nn.functional.linear(input, weight);
        var error = ((product.Apply(input) - expected).square().mean([1]) / expected.square().mean([1])).sqrt().max().item<float>();
        Assert.InRange(error, 1e-4, 0.03);
    }

    [Theory]
    [MemberData(nameof(Int8Kernels))]
    public void Int8_sums_do_not_overflow(string kernel)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        // All products are the largest possible, so 16-bit sums of two would overflow.
        using var product = Int8(kernel, ones(64, 3072), zeros(64));
        Assert.True(product.Apply(ones(4, 3072)).allclose(full([4, 64], 3072f), rtol: 1e-3));
        Assert.True(product.Apply(-ones(4, 3072)).allclose(full([4, 64], -3072f), rtol: 1e-3));
    }

    [Theory]
    [MemberData(nameof(Int8Kernels))]
    public void The_int8_result_of_a_row_does_not_depend_on_the_other_rows(string kernel)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var generator = new Generator(14, CPU);
        var input = randn([300, 384], generator: generator);
        using var product = Int8(kernel, randn([192, 384], generator: generator), randn([192], generator: generator));

        var all = product.Apply(input);
        foreach (var (start, count) in ((int, int)[])[(0, 1), (17, 5), (100, 200)])
            Assert.True(product.Apply(input.narrow(0, start, count)).equal(all.narrow(0, start, count)).all().item<bool>());
    }

    [Theory]
    [MemberData(nameof(Int8Kernels))]
    public void A_row_of_zeros_returns_the_bias(string kernel)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var product = Int8(kernel, ones(8, 16), arange(8, dtype: ScalarType.Float32));

        Assert.Equal(Enumerable.Range(0, 8).Select(i => (float)i), product.Apply(zeros(1, 16)).data<float>().ToArray());
    }

    private static IPackedLinear Int8(string kernel, Tensor weight, Tensor bias)
    {
        var (values, scale) = Int8Linear.Quantize(weight);
        bias.DetachFromDisposeScope();
        return kernel == "fbgemm" ? new FbgemmInt8Linear(values, scale, bias) : new OneDnnInt8Linear(values, scale, bias);
    }

    private static void AssertClose(Tensor input, Tensor weight, OneDnnLinear product, double tolerance, string what)
    {
        var bias = product.Apply(zeros_like(input));
        var expected = nn.functional.linear(input, weight) + bias;
        var difference = ((product.Apply(input) - expected).abs().max() / expected.abs().max()).item<float>();
        Assert.True(difference < tolerance, $"{what}: expected a relative difference below {tolerance}, found {difference}");
    }
}
