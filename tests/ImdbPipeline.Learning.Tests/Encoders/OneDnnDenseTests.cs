using ImdbPipeline.Learning.Encoders;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Tests.Encoders;

public sealed class OneDnnDenseTests
{
    [Theory]
    [InlineData(256, 384, 384)]
    [InlineData(517, 1536, 384)]
    [InlineData(1601, 384, 1536)]
    [InlineData(300, 768, 3072)]
    public void Output_and_gradients_equal_those_of_torch(int rows, int outputs, int inputs)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        Tensor input = Leaf(rows, inputs), weight = Leaf(outputs, inputs), bias = Leaf(outputs), gradient = randn([rows, outputs], generator: generator);
        Assert.True(OneDnnDense.Serves(input, weight));

        var output = OneDnnDense.Of(input, weight, bias);
        output.backward([gradient]);

        AssertClose(nn.functional.linear(input, weight, bias), output);
        AssertClose(gradient.mm(weight), input.grad!);
        AssertClose(gradient.t().mm(input), weight.grad!);
        AssertClose(gradient.sum(dim: 0), bias.grad!);

        Tensor Leaf(params long[] shape) => randn(shape, generator: generator).requires_grad_();
    }

    [Fact]
    public void Few_rows_and_weights_that_oneDNN_would_have_to_pad_are_left_to_torch()
    {
        using Tensor weight = zeros(384, 384), narrow = zeros(2, 384), few = zeros(16, 384), many = zeros(256, 384);

        Assert.False(OneDnnDense.Serves(few, weight));
        Assert.False(OneDnnDense.Serves(many, narrow));
    }

    [Fact]
    public void A_training_step_with_oneDNN_has_the_gradients_of_one_without()
    {
        using var scope = NewDisposeScope();
        var config = new EncoderConfig { Family = EncoderFamily.Bert, VocabSize = 100, Dim = 384, Layers = 2, Heads = 12, HiddenDim = 1536, MaxPositions = 128, TokenTypes = 2, Labels = ["a", "b"] };

        var (expected, actual) = (Gradients(useOneDnn: false), Gradients(useOneDnn: true));

        // The bias of the keys has no effect: its gradient is rounding error alone.
        var largest = expected.Max(gradient => gradient.abs().max().item<float>());
        Assert.All(expected.Zip(actual), pair => Assert.True(pair.First.allclose(pair.Second, rtol: 1e-4, atol: 1e-6 * largest)));

        Tensor[] Gradients(bool useOneDnn)
        {
            using var encoder = new TrainableEncoder(new WeightKernels(EncoderWeights.Initialise(config, seed: 1)) { UseOneDnn = useOneDnn });
            encoder.Weights.To(CPU, requiresGradient: true);
            int[][] rows = [.. Enumerable.Range(1, 5).Select(row => Enumerable.Range(0, 20 * row).Select(i => i % config.VocabSize).ToArray())];
            using var inner = NewDisposeScope();
            encoder.Forward(TokenBatch.Of(rows, null, CPU), training: true).square().sum().backward();
            return [.. encoder.Weights.Tensors.Values.Select(weight => weight.grad!.clone().MoveToOuterDisposeScope())];
        }
    }

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.True(((expected - actual).abs().max() / expected.abs().max().clamp_min(1e-6)).item<float>() < 1e-5);
}
