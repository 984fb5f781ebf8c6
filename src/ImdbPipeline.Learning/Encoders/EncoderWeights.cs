using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>An encoder's parameters: float32 tensors by their Hugging Face names, owned by this object.</summary>
public sealed class EncoderWeights : IDisposable
{
    private readonly Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);

    public EncoderWeights(EncoderConfig config)
    {
        Config = config;
        Specs = ParameterSpecs.Of(config);
    }

    public EncoderConfig Config { get; }

    public IReadOnlyList<ParameterSpec> Specs { get; }

    public IReadOnlyDictionary<string, Tensor> Tensors => tensors;

    public Tensor this[string name] => tensors[name];

    /// <summary>
    /// Normal weights of the config's standard deviation, zero biases, unit norms. Each tensor depends on the seed and its
    /// own name only, so one missing head gets the same numbers whatever was loaded beside it.
    /// </summary>
    public static EncoderWeights Initialise(EncoderConfig config, int seed)
    {
        var weights = new EncoderWeights(config);
        foreach (var spec in weights.Specs)
            weights.Initialise(spec, seed);
        return weights;
    }

    public void Initialise(ParameterSpec spec, int seed)
    {
        ArgumentNullException.ThrowIfNull(spec);
        using var generator = new Generator(Training.Seeds.Of(seed, spec.Name), CPU);
        using var scope = NewDisposeScope();
        var tensor = spec.Kind switch
        {
            ParameterKind.Weight => randn(spec.Shape, generator: generator) * Config.InitializerRange,
            ParameterKind.NormScale => ones(spec.Shape),
            _ => zeros(spec.Shape),
        };
        Set(spec.Name, tensor);
    }

    /// <summary>Copies the tensor as the parameter of that name.</summary>
    public void Set(string name, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensors.Remove(name, out var previous))
            previous.Dispose();
        // A copy lies in torch's own, aligned memory: on other addresses matrix products round differently.
        tensors[name] = tensor.detach().clone().DetachFromDisposeScope();
    }

    /// <summary>Moves every parameter to the device and says whether gradients are wanted.</summary>
    public EncoderWeights To(Device device, bool requiresGradient)
    {
        foreach (var name in tensors.Keys.ToArray())
        {
            if (tensors[name].device_type != device.type)
                Set(name, tensors[name].to(device));
            tensors[name].requires_grad = requiresGradient;
        }

        return this;
    }

    public void Dispose()
    {
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
        tensors.Clear();
    }
}
