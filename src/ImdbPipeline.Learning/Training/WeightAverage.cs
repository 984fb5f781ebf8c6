using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Foundation;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>The average of the weights over the last part of a training run.</summary>
internal sealed class WeightAverage(EncoderWeights weights, AveragingMode mode, int totalSteps) : IDisposable
{
    private const double AveragedShare = 0.4;

    /// <summary>The last step's share in an exponential average, once enough steps are in it.</summary>
    private const double NewestShare = 0.005;

    private readonly int firstStep = mode == AveragingMode.None ? int.MaxValue : totalSteps - (int)(totalSteps * AveragedShare);
    private Dictionary<string, Tensor> average = [];

    /// <summary>The average by name; empty before the first averaged step.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => average;

    /// <summary>Number of steps in the average.</summary>
    public int Steps { get; private set; }

    /// <summary>Adds the weights after a step.</summary>
    /// <param name="steps">Steps taken so far.</param>
    public void Add(int steps)
    {
        Steps = Math.Max(0, steps - firstStep);
        if (Steps == 0)
            return;
        if (average.Count == 0)
        {
            Begin();
            return;
        }

        var share = 1.0 / Steps;
        using var noGrad = no_grad();
        TensorListOperators.Interpolate(
            [.. average.Values], [.. average.Keys.Select(name => weights[name])], mode == AveragingMode.Ema ? Math.Max(share, NewestShare) : share);
    }

    /// <summary>Resumes from a checkpoint; the caller then copies the average into <see cref="Tensors"/>.</summary>
    public void Resume(int steps)
    {
        Steps = Math.Max(0, steps - firstStep);
        if (Steps > 0)
            Begin();
    }

    /// <summary>Exchanges the encoder's weights and the average; no effect before the first averaged step.</summary>
    public void Swap()
    {
        using var noGrad = no_grad();
        foreach (var (name, tensor) in average)
        {
            using var current = weights[name].clone();
            weights[name].copy_(tensor);
            tensor.copy_(current);
        }
    }

    public void Dispose()
    {
        foreach (var tensor in average.Values)
            tensor.Dispose();
        average = [];
    }

    private void Begin() => average = weights.Tensors.ToDictionary(t => t.Key, t => t.Value.detach().clone().DetachFromDisposeScope());
}
