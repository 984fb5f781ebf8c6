using ImdbPipeline.Learning.Encoders;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.ScratchMini;

/// <summary>
/// Lets each head of the first layer look at one neighbour (two before to two after), so that the layer reads word
/// pairs from the first step on. The last dimensions of the embeddings hold nothing but the position, as sines and
/// cosines; queries rotate them by the head's offset, so that attention is sharpest there. While training, shifting the
/// values gives the same far cheaper.
/// </summary>
internal sealed class NeighbourAttention : IAttentionOverride
{
    /// <summary>Dimensions of the embeddings that hold the position.</summary>
    public const int PositionDims = 32;

    private const double Sharpness = 8;
    private const int FrequencyTrials = 3000;

    private static readonly int[] offsets = [-1, 1, -2, 2];

    private readonly EncoderConfig config;
    private readonly double[] frequencies;

    public NeighbourAttention(EncoderConfig config)
    {
        this.config = config;
        frequencies = ChooseFrequencies(config.MaxPositions);
    }

    public bool Covers(int layer) => layer == 0;

    public Tensor Gather(Tensor values, TokenBatch batch, int layer)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var headDim = config.Dim / config.Heads;
        return cat([.. offsets.Select((offset, head) => Shift(values.narrow(1, head * headDim, headDim), batch, offset))], 1);
    }

    /// <returns><c>[positions, dim]</c>: zero but for the last dimensions.</returns>
    public Tensor Positions()
    {
        var values = new float[config.MaxPositions * config.Dim];
        for (var position = 0; position < config.MaxPositions; position++)
        {
            for (var f = 0; f < frequencies.Length; f++)
            {
                var at = position * config.Dim + config.Dim - PositionDims + 2 * f;
                values[at] = (float)(Math.Sqrt(2) * Math.Cos(frequencies[f] * position));
                values[at + 1] = (float)(Math.Sqrt(2) * Math.Sin(frequencies[f] * position));
            }
        }

        return tensor(values, [config.MaxPositions, config.Dim]);
    }

    /// <returns>The first layer's query and key weights, <c>[dim, dim]</c> each.</returns>
    public (Tensor Query, Tensor Key) Projections()
    {
        int dim = config.Dim, headDim = dim / config.Heads;
        float[] query = new float[dim * dim], key = new float[dim * dim];
        var gain = (float)Math.Sqrt(Sharpness);
        for (var head = 0; head < offsets.Length; head++)
        {
            for (var f = 0; f < frequencies.Length; f++)
            {
                int row = head * headDim + 2 * f, column = dim - PositionDims + 2 * f;
                var (sine, cosine) = Math.SinCos(frequencies[f] * offsets[head]);
                query[row * dim + column] = query[(row + 1) * dim + column + 1] = (float)(gain * cosine);
                query[row * dim + column + 1] = (float)(-gain * sine);
                query[(row + 1) * dim + column] = (float)(gain * sine);
                key[row * dim + column] = key[(row + 1) * dim + column + 1] = gain;
            }
        }

        return (tensor(query, [dim, dim]), tensor(key, [dim, dim]));
    }

    /// <summary>Zero where the neighbour would be beyond the row.</summary>
    private static Tensor Shift(Tensor values, TokenBatch batch, int offset)
    {
        var before = offset < 0 ? batch.Positions : batch.Remaining;
        var there = before.ge(Math.Abs(offset)).to(values.dtype).unsqueeze(1);
        return values.roll(-offset, 0) * there;
    }

    /// <summary>Uneven frequencies under which no two positions look alike: the best of many random draws.</summary>
    private static double[] ChooseFrequencies(int length)
    {
        const int Count = PositionDims / 2;
        var random = new Random(7);
        var (best, least) = (Array.Empty<double>(), double.MaxValue);
        for (var trial = 0; trial < FrequencyTrials; trial++)
        {
            var drawn = Enumerable.Range(0, Count).Select(i => Math.PI * (i + random.NextDouble()) / Count).ToArray();
            double likeness = 0;
            for (var distance = 1; distance < length && likeness < least; distance++)
                likeness = Math.Max(likeness, drawn.Sum(frequency => Math.Cos(frequency * distance)) / Count);
            if (likeness < least)
                (best, least) = (drawn, likeness);
        }

        return best;
    }
}
