using ImdbPipeline.Learning.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Tests.Encoders;

[Collection(TorchRandomState.Name)]
public sealed class DropoutTests
{
    private const int Heads = 2, Dim = 8;

    // Rows of one token, less than a vector, whole vectors, and more.
    private static readonly int[] lengths = [1, 5, 5, 16, 32, 39];

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void Each_element_is_dropped_with_the_probability_and_the_others_are_scaled_up(double probability)
    {
        const int Count = 1_000_003;
        using var scope = NewDisposeScope();

        var dropped = new DropoutMasks(1).Apply(ones(Count), probability).data<float>().ToArray();

        Assert.Equal([0f, (float)(1 / (1 - probability))], dropped.Distinct().Order());
        // Six standard deviations.
        var zeros = dropped.Count(value => value == 0);
        Assert.InRange(zeros, Count * probability - (6 * Math.Sqrt(Count * probability * (1 - probability))), Count * probability + (6 * Math.Sqrt(Count * probability * (1 - probability))));
        // Neighbours, and elements of neighbouring lanes and blocks, are independent.
        foreach (var distance in (int[])[1, 8, 16, 1 << 15])
        {
            var both = Enumerable.Range(0, Count - distance).Count(i => dropped[i] == 0 && dropped[i + distance] == 0);
            Assert.Equal(probability * probability, (double)both / (Count - distance), 0.003);
        }
    }

    [Fact]
    public void Masks_depend_on_the_seed_and_the_call_and_not_on_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            var alone = Masks(seed: 7);
            set_num_threads(2);
            var together = Masks(seed: 7);

            Assert.Equal(alone, together);
            Assert.NotEqual(alone[0], alone[1]);
            Assert.NotEqual(alone[0], Masks(seed: 8)[0]);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void A_mask_is_that_of_xoshiro128_on_every_processor()
    {
        var mask = new float[40];

        new DropoutGenerator(stream: 3, 0.5).Fill(mask);

        Assert.Equal("0101101111101011011011000110000100100101", string.Concat(mask.Select(value => value == 0 ? '0' : '1')));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attention_and_its_gradient_are_those_of_plain_attention_with_the_same_mask(bool firstTokenOnly)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4, CPU);
        var tokens = lengths.Sum();
        var batch = TokenBatch.Of([.. lengths.Select(length => new int[length])], null, CPU);
        Tensor Input(long rows) => (randn([rows, Heads * Dim], generator: generator) * 3).requires_grad_();
        var (queries, keys, values) = (Input(firstTokenOnly ? lengths.Length : tokens), Input(tokens), Input(tokens));
        var slope = randn([queries.shape[0], Heads * Dim], generator: generator);

        var expected = Reference(queries, keys, values, firstTokenOnly, dropout: 0.3, stream: 9);
        expected.backward([slope]);
        Tensor[] expectedGradients = [.. new[] { queries, keys, values }.Select(input => input.grad!.clone())];
        foreach (var input in (Tensor[])[queries, keys, values])
            input.grad!.zero_();
        var actual = DropoutAttention.Of(queries, keys, values, batch, Heads, 0.3, stream: 9);
        actual.backward([slope]);

        AssertClose(expected, actual);
        foreach (var (gradient, input) in expectedGradients.Zip([queries, keys, values]))
            AssertClose(gradient, input.grad!);
    }

    [Fact]
    public void Gradients_are_finite_even_if_all_scores_of_a_row_are_far_below_zero()
    {
        using var scope = NewDisposeScope();
        var batch = TokenBatch.Of([.. lengths.Select(length => new int[length])], null, CPU);
        // Every score is -88.75, and the exponential of its opposite is infinite.
        var queries = full([lengths.Sum(), Heads * Dim], 5.6016f).requires_grad_();
        var keys = full([lengths.Sum(), Heads * Dim], -5.6016f).requires_grad_();

        DropoutAttention.Of(queries, keys, ones(lengths.Sum(), Heads * Dim), batch, Heads, 0.3, stream: 9).sum().backward();

        Assert.True(queries.grad!.isfinite().all().ToBoolean());
        Assert.True(keys.grad!.isfinite().all().ToBoolean());
    }

    [Fact]
    public void The_fast_exponential_is_exact_to_two_units_in_the_last_place()
    {
        for (var x = 0f; x > -87; x -= 0.0137f)
        {
            var expected = Math.Exp(x);
            var actual = AttentionWeights.Exp(System.Runtime.Intrinsics.Vector512.Create(x))[0];
            Assert.InRange(Math.Abs(actual - expected) / expected, 0, 2.5e-7);
        }
    }

    private static float[][] Masks(ulong seed)
    {
        var masks = new DropoutMasks(seed);
        return [.. Enumerable.Range(0, 2).Select(_ => masks.Apply(ones(100_001), 0.2).data<float>().ToArray())];
    }

    private static Tensor Reference(Tensor queries, Tensor keys, Tensor values, bool firstTokenOnly, double dropout, ulong stream)
    {
        var contexts = new List<Tensor>();
        var (key, row) = (0, 0);
        foreach (var length in lengths)
        {
            Tensor Split(Tensor tokens, long start, long count) => tokens.narrow(0, start, count).view(count, Heads, Dim).transpose(0, 1);
            var q = firstTokenOnly ? Split(queries, row, 1) : Split(queries, key, length);
            var (k, v) = (Split(keys, key, length), Split(values, key, length));
            var weights = (q.matmul(k.transpose(1, 2)) / Math.Sqrt(Dim)).softmax(-1);
            contexts.Add((weights * Mask(weights.shape, dropout, new DropoutAttention.Masks(stream, dropout).Row(row))).matmul(v).transpose(0, 1).reshape(-1, Heads * Dim));
            (key, row) = (key + length, row + 1);
        }
        return cat(contexts);
    }

    // Each head draws whole vectors of 16 elements for each query.
    private static Tensor Mask(long[] shape, double dropout, RowMasks masks)
    {
        var (heads, queries, keys) = ((int)shape[0], (int)shape[1], (int)shape[2]);
        var padded = (keys + 15) / 16 * 16;
        var mask = new float[heads * queries * keys];
        for (var head = 0; head < heads; head++)
        {
            var drawn = new float[queries * padded];
            masks.Head(head).Fill(drawn);
            for (var query = 0; query < queries; query++)
                drawn.AsSpan(query * padded, keys).CopyTo(mask.AsSpan(((head * queries) + query) * keys));
        }
        return tensor(mask, shape);
    }

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().ToSingle(), 0, 1e-5f * expected.abs().max().ToSingle());
    }
}
