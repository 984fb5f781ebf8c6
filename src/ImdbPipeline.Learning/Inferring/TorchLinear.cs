using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>A dense layer computed by torch's default kernel, the best choice on a GPU.</summary>
internal sealed class TorchLinear(Tensor weight, Tensor bias) : IPackedLinear
{
    public Tensor Apply(Tensor input) => nn.functional.linear(input, weight, bias);

    public void Dispose()
    {
        weight.Dispose();
        bias.Dispose();
    }
}
