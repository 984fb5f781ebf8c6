using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>Two dense layers with GELU in between.</summary>
internal sealed class FeedForward(IPackedLinear expand, IPackedLinear contract) : IPackedLinear
{
    public Tensor Apply(Tensor input) => (expand, contract) is (OneDnnLinear first, OneDnnLinear second)
        ? first.Apply(input, second)
        : contract.Apply(nn.functional.gelu(expand.Apply(input)));

    public void Dispose()
    {
        expand.Dispose();
        contract.Dispose();
    }
}
