using ImdbPipeline.Learning.Encoders;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>An exponential moving average of an encoder's weights (Polyak averaging).</summary>
public sealed class WeightAverage : IDisposable
{
    private readonly EncoderWeights weights;
    private readonly double decay;
    private readonly Dictionary<string, Tensor> averages;
    private int updates;

    public WeightAverage(EncoderWeights weights, double decay)
    {
        ArgumentNullException.ThrowIfNull(weights);
        (this.weights, this.decay) = (weights, decay);
        averages = WeightSnapshot.Clone(weights);
    }

    public void Update()
    {
        using var frozen = no_grad();
        updates++;
        // A short run must not end as the average with its random beginning.
        var now = Math.Min(decay, (1 + updates) / (10.0 + updates));
        foreach (var (name, average) in averages)
            average.mul_(now).add_(weights[name], 1 - now);
    }

    /// <summary>Makes the averages the encoder's weights.</summary>
    public void CopyToWeights() => WeightSnapshot.Restore(weights, averages);

    public void Dispose()
    {
        foreach (var average in averages.Values)
            average.Dispose();
    }
}
