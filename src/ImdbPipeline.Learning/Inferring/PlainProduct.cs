using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>A dense layer computed by torch's default kernel, the best choice on a GPU.</summary>
internal sealed class PlainProduct(Tensor weight, Tensor bias) : IPreparedProduct
{
    public Tensor Apply(Tensor input) => nn.functional.linear(input, weight, bias);

    public void Dispose()
    {
        weight.Dispose();
        bias.Dispose();
    }
}
