using ImdbPipeline.Learning.Encoders;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>Copies and restores an encoder's weights.</summary>
internal static class WeightSnapshot
{
    public static Dictionary<string, Tensor> Clone(EncoderWeights weights)
    {
        using var noGrad = no_grad();
        return weights.Tensors.ToDictionary(t => t.Key, t => t.Value.detach().clone().DetachFromDisposeScope());
    }

    public static void Restore(EncoderWeights weights, IReadOnlyDictionary<string, Tensor> snapshot)
    {
        using var noGrad = no_grad();
        foreach (var (name, tensor) in snapshot)
            weights[name].copy_(tensor);
    }
}
