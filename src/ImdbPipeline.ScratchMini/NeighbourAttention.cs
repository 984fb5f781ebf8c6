using ImdbPipeline.Learning.Encoders;
using static TorchSharp.torch;

namespace ImdbPipeline.ScratchMini;

/// <summary>
/// Makes each head of the first layer attend to one neighbour (offsets -2 to 2), so that the layer sees word pairs from the
/// first step. The last embedding dimensions encode only the position, as sines and cosines; queries rotate them by the head's
/// offset, so attention peaks there. During training, shifting the values gives the same result at far lower cost.
/// </summary>
internal sealed class NeighbourAttention : IAttentionOverride
{
    /// <summary>Number of embedding dimensions that encode the position.</summary>
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

    /// <returns><c>[positions, dim]</c>, zero except in the last dimensions.</returns>
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

    /// <returns>Query and key weights of the first layer, <c>[dim, dim]</c> each.</returns>
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

    /// <summary>Shifts values within each row, padding with zeros.</summary>
    private static Tensor Shift(Tensor values, TokenBatch batch, int offset)
    {
        var available = offset < 0 ? batch.Positions : batch.Remaining;
        var inRow = available.ge(Math.Abs(offset)).to(values.dtype).unsqueeze(1);
        return values.roll(-offset, 0) * inRow;
    }

    /// <summary>Picks, from many random draws, the frequencies under which positions are least similar.</summary>
    private static double[] ChooseFrequencies(int length)
    {
        const int Count = PositionDims / 2;
        var random = new Random(7);
        var (best, lowest) = (Array.Empty<double>(), double.MaxValue);
        for (var trial = 0; trial < FrequencyTrials; trial++)
        {
            var drawn = Enumerable.Range(0, Count).Select(i => Math.PI * (i + random.NextDouble()) / Count).ToArray();
            double similarity = 0;
            for (var distance = 1; distance < length && similarity < lowest; distance++)
                similarity = Math.Max(similarity, drawn.Sum(frequency => Math.Cos(frequency * distance)) / Count);
            if (similarity < lowest)
                (best, lowest) = (drawn, similarity);
        }

        return best;
    }
}
