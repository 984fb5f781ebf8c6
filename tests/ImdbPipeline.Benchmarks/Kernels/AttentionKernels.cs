using BenchmarkDotNet.Attributes;
using ImdbPipeline.Learning.Encoders;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace ImdbPipeline.Benchmarks.Kernels;

/// <summary>Attention of one DistilBERT layer over a batch of reviews of different lengths.</summary>
public class AttentionKernels
{
    private const int Dim = 768, Heads = 12, Length = 512;

    // Quantiles of the lengths of the real reviews, in tokens, truncated to 512.
    private static readonly int[] lengths = [75, 115, 135, 150, 160, 172, 185, 200, 222, 250, 287, 335, 398, 490, 512, 512];

    private TokenBatch batch = null!;
    private Tensor packed = null!;
    private Tensor padded = null!;
    private Tensor mask = null!;

    [GlobalSetup]
    public void Prepare()
    {
        batch = TokenBatch.Of([.. lengths.Select(length => new int[length])], fractions: null, CPU);
        packed = randn(lengths.Sum(), Dim);
        padded = randn(lengths.Length, Heads, Length, Dim / Heads);
        mask = arange(Length).unsqueeze(0).lt(tensor(lengths).unsqueeze(1)).view(lengths.Length, 1, 1, Length);
    }

    [GlobalCleanup]
    public void Release()
    {
        foreach (var disposable in (Tensor[])[packed, padded, mask, batch.Ids, batch.Positions, batch.Remaining, batch.Starts, batch.Ranks])
            disposable.Dispose();
    }

    /// <summary>The notebook method.</summary>
    [Benchmark(Baseline = true)]
    public void PaddedAndExplicit() => Run(() =>
        padded.div(Math.Sqrt(Dim / Heads)).matmul(padded.transpose(2, 3)).masked_fill(mask.logical_not(), float.MinValue).softmax(-1).matmul(padded));

    [Benchmark]
    public void PaddedAndFused() => Run(() => scaled_dot_product_attention(padded, padded, padded, attn_mask: mask));

    [Benchmark]
    public void Packed() => Run(() => PackedAttention.Of(packed, packed, packed, batch, Heads, masks: null, dropout: 0));

    private static void Run(Func<Tensor> attention)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        attention();
    }
}
