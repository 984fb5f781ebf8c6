using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>The product that torch chooses by itself: what is best on a GPU.</summary>
internal sealed class PlainProduct(Tensor weight, Tensor bias) : IPreparedProduct
{
    public Tensor Apply(Tensor input) => nn.functional.linear(input, weight, bias);

    public void Dispose()
    {
        weight.Dispose();
        bias.Dispose();
    }
}
