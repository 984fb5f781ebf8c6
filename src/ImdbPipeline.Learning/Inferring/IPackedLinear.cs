using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>A dense layer whose weights are laid out once for repeated use.</summary>
internal interface IPackedLinear : IDisposable
{
    /// <param name="input">float32 <c>[tokens, inputs]</c></param>
    /// <returns>float32 <c>[tokens, outputs]</c></returns>
    Tensor Apply(Tensor input);
}
