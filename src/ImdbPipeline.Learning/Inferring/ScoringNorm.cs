using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>Layer norm over the last dimension.</summary>
internal sealed class ScoringNorm(Tensor scale, Tensor shift, double epsilon) : IDisposable
{
    public Tensor Apply(Tensor input) => nn.functional.layer_norm(input, scale.shape, scale, shift, epsilon);

    public void Dispose()
    {
        scale.Dispose();
        shift.Dispose();
    }
}
