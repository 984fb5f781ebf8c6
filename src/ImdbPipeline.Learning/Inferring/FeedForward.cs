using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>Two dense layers with GELU in between.</summary>
internal sealed class FeedForward(IPreparedProduct expand, IPreparedProduct contract) : IPreparedProduct
{
    public Tensor Apply(Tensor input) => (expand, contract) is (OneDnnProduct first, OneDnnProduct second)
        ? first.Apply(input, second)
        : contract.Apply(nn.functional.gelu(expand.Apply(input)));

    public void Dispose()
    {
        expand.Dispose();
        contract.Dispose();
    }
}
