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

    [Fact]
    public void Integers_within_8_bits_are_multiplied_exactly()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var generator = new Generator(12, CPU);
        var (input, weight) = (Integers([5, 96]), Integers([48, 96]));
        using var product = new Int8Linear(weight, zeros(48).DetachFromDisposeScope());

        // All scales are exactly 1, so only the rounding of the scales remains.
        Assert.True(product.Apply(input).allclose(nn.functional.linear(input, weight), rtol: 1e-6, atol: 1e-2));

        Tensor Integers(long[] shape)
        {
            var values = randint(-126, 127, shape, dtype: ScalarType.Float32, generator: generator);
            values[.., 0] = 127;
            return values;
        }
    }

    [Fact]
    public void A_row_of_zeros_returns_the_bias()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var product = new Int8Linear(ones(8, 16), arange(8, dtype: ScalarType.Float32).DetachFromDisposeScope());

        Assert.Equal(Enumerable.Range(0, 8).Select(i => (float)i), product.Apply(zeros(1, 16)).data<float>().ToArray());
    }

    private static void AssertClose(Tensor input, Tensor weight, OneDnnLinear product, double tolerance, string what)
    {
        var bias = product.Apply(zeros_like(input));
        var expected = nn.functional.linear(input, weight) + bias;
        var difference = ((product.Apply(input) - expected).abs().max() / expected.abs().max()).item<float>();
        Assert.True(difference < tolerance, $"{what}: expected a relative difference below {tolerance}, found {difference}");
    }
}
