using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Softmax with dropout over attention scores on the CPU, in one pass over memory forward and one backward.</summary>
internal static class AttentionWeights
{
    /// <summary>Replaces scores by weights after dropout.</summary>
    /// <param name="scores">float32 <c>[heads, queries, keys]</c></param>
    /// <param name="scale">Factor of the scores.</param>
    /// <param name="sums">Receives what the backward pass needs, <c>[heads, queries]</c>.</param>
    public static unsafe void Forward(Tensor scores, float scale, Memory<(float Largest, float Inverse)> sums, RowMasks masks)
    {
        var (queries, keys) = ((int)scores.shape[1], (int)scores.shape[2]);
        fixed (byte* start = scores.bytes)
        {
            var address = (nint)start;
            ForEach((int)scores.shape[0], head =>
            {
                var (generator, padded) = (masks.Head(head), new PaddedRow(keys, padding: float.NegativeInfinity));
                for (var query = head * queries; query < (head + 1) * queries; query++)
                {
                    var row = new Span<float>((float*)address + ((long)query * keys), keys);
                    padded.Load(row);
                    sums.Span[query] = Forward(padded.Vectors, scale, ref generator);
                    padded.Store(row);
                }
            });
        }
    }

    /// <summary>Replaces scores by weights after dropout, and the gradient of these weights by the gradient of the scores.</summary>
    /// <param name="scores">As in the forward pass.</param>
    /// <param name="gradient">float32 <c>[heads, queries, keys]</c></param>
    /// <param name="sums">As received from the forward pass.</param>
    public static unsafe void Backward(Tensor scores, Tensor gradient, float scale, ReadOnlyMemory<(float Largest, float Inverse)> sums, RowMasks masks)
    {
        var (queries, keys) = ((int)scores.shape[1], (int)scores.shape[2]);
        fixed (byte* scoreStart = scores.bytes, gradientStart = gradient.bytes)
        {
            var (scoreAddress, gradientAddress) = ((nint)scoreStart, (nint)gradientStart);
            ForEach((int)scores.shape[0], head =>
            {
                var (generator, paddedScores, paddedGradient) = (masks.Head(head), new PaddedRow(keys, padding: float.NegativeInfinity), new PaddedRow(keys, padding: 0));
                for (var query = head * queries; query < (head + 1) * queries; query++)
                {
                    var offset = (long)query * keys;
                    Span<float> row = new((float*)scoreAddress + offset, keys), slopes = new((float*)gradientAddress + offset, keys);
                    paddedScores.Load(row);
                    paddedGradient.Load(slopes);
                    Backward(paddedScores.Vectors, paddedGradient.Vectors, scale, sums.Span[query], ref generator);
                    paddedScores.Store(row);
                    paddedGradient.Store(slopes);
                }
            });
        }
    }

    private static (float Largest, float Inverse) Forward(Span<Vector512<float>> row, float scale, ref DropoutGenerator masks)
    {
        var most = row[0];
        foreach (var vector in row)
            most = Vector512.MaxNative(most, vector);
        var largest = Largest(most) * scale;

        var (scales, shift) = (Vector512.Create(scale), Vector512.Create(-largest));
        var sum = Vector512<float>.Zero;
        foreach (ref var vector in row)
            sum += vector = Exp(Vector512.MultiplyAddEstimate(vector, scales, shift));

        var inverse = 1 / Vector512.Sum(sum);
        var inverses = Vector512.Create(inverse);
        var generator = masks;
        foreach (ref var vector in row)
            vector *= inverses * generator.Next();
        masks = generator;
        return (largest, inverse);
    }

    private static void Backward(Span<Vector512<float>> row, Span<Vector512<float>> gradient, float scale, (float Largest, float Inverse) sums, ref DropoutGenerator masks)
    {
        var (scales, shift, inverses) = (Vector512.Create(scale), Vector512.Create(-sums.Largest), Vector512.Create(sums.Inverse));
        var sum = Vector512<float>.Zero;
        var generator = masks;
        gradient = gradient[..row.Length];
        for (var i = 0; i < row.Length; i++)
        {
            var weight = Exp(Vector512.MultiplyAddEstimate(row[i], scales, shift)) * inverses;
            var mask = generator.Next();
            var slope = gradient[i] * mask;
            sum += weight * slope;
            gradient[i] = slope;
            // The sign keeps whether the weight was dropped.
            row[i] = Vector512.ConditionalSelect(Vector512.Equals(mask, Vector512<float>.Zero), -weight, weight);
        }
        masks = generator;

        var (kept, mean) = (Vector512.Create(masks.Kept), Vector512.Create(Vector512.Sum(sum)));
        for (var i = 0; i < row.Length; i++)
        {
            gradient[i] = Vector512.Abs(row[i]) * scales * (gradient[i] - mean);
            row[i] = Vector512.MaxNative(row[i], Vector512<float>.Zero) * kept;
        }
    }

    /// <summary>
    /// The exponential function of numbers up to 0, to about one unit in the last place: about five times as fast as
    /// <see cref="Vector512.Exp(Vector512{float})"/>, which computes in double.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Exp(Vector512<float> x)
    {
        // x = n ln 2 + r with |r| up to ln 2 / 2. Adding and subtracting 1.5 · 2^23 rounds, and leaves n in the lowest bits.
        const float Rounding = 12582912f, Smallest = -87.3f, LnHigh = 0.693359375f, LnLow = -2.12194440e-4f;
        x = Vector512.MaxNative(x, Vector512.Create(Smallest));
        var shifted = Vector512.MultiplyAddEstimate(x, Vector512.Create(1.44269504f), Vector512.Create(Rounding));
        var n = shifted - Vector512.Create(Rounding);
        var r = Vector512.MultiplyAddEstimate(n, Vector512.Create(-LnHigh), x);
        r = Vector512.MultiplyAddEstimate(n, Vector512.Create(-LnLow), r);
        // The coefficients are those of the Cephes library.
        var p = Vector512.MultiplyAddEstimate(Vector512.Create(1.9875691500e-4f), r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.MultiplyAddEstimate(p, r * r, r) + Vector512<float>.One;
        return p * ((shifted.AsInt32() << 23) + Vector512.Create(0x3F800000)).AsSingle();
    }

    private static float Largest(Vector512<float> values)
    {
        var half = Vector256.MaxNative(values.GetLower(), values.GetUpper());
        var quarter = Vector128.MaxNative(half.GetLower(), half.GetUpper());
        return MathF.Max(MathF.Max(quarter[0], quarter[1]), MathF.Max(quarter[2], quarter[3]));
    }

    private static void ForEach(int heads, Action<int> action)
    {
        if (get_num_threads() > 1)
            Parallel.For(0, heads, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, action);
        else
            for (var head = 0; head < heads; head++)
                action(head);
    }

    /// <summary>Room for a row of scores, rounded up to whole vectors: loops over part of a vector are slow.</summary>
    private sealed class PaddedRow(int keys, float padding)
    {
        private readonly Vector512<float>[] vectors = new Vector512<float>[(keys + Vector512<float>.Count - 1) / Vector512<float>.Count];

        public Span<Vector512<float>> Vectors => vectors;

        private Span<float> Values => MemoryMarshal.Cast<Vector512<float>, float>(Vectors);

        public void Load(ReadOnlySpan<float> row)
        {
            row.CopyTo(Values);
            Values[keys..].Fill(padding);
        }

        public void Store(Span<float> row) => Values[..keys].CopyTo(row);
    }
}

/// <summary>The dropout masks of a row's heads.</summary>
internal readonly record struct RowMasks(ulong Stream, double Dropout)
{
    public DropoutGenerator Head(int head) => new(Stream + (ulong)head, Dropout);
}
