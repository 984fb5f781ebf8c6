using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>The activation functions of config.json, under Hugging Face's names.</summary>
internal static class Activations
{
    private static readonly Dictionary<string, Activation> byName = new(StringComparer.Ordinal)
    {
        ["gelu"] = Activation.Gelu,
        ["gelu_python"] = Activation.Gelu,
        ["gelu_new"] = Activation.GeluTanh,
        ["gelu_fast"] = Activation.GeluTanh,
        ["gelu_accurate"] = Activation.GeluTanh,
        ["gelu_pytorch_tanh"] = Activation.GeluTanh,
        ["relu"] = Activation.Relu,
        ["silu"] = Activation.Silu,
        ["swish"] = Activation.Silu,
    };

    public static IEnumerable<string> Names => byName.Keys;

    public static Activation? Find(string name) => byName.TryGetValue(name, out var activation) ? activation : null;

    /// <returns>Shaped like <paramref name="input"/>.</returns>
    public static Tensor Apply(this Activation activation, Tensor input) => activation switch
    {
        Activation.Gelu => gelu(input),
        Activation.GeluTanh => GeluTanh(input),
        Activation.Relu => relu(input),
        Activation.Silu => silu(input),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, null),
    };

    private static Tensor GeluTanh(Tensor input) => 0.5 * input * (1 + (Math.Sqrt(2 / Math.PI) * (input + (0.044715 * input.pow(3)))).tanh());
}
