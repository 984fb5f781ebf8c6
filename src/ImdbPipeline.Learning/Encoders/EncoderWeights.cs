using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>An encoder's parameters: float32 tensors by their Hugging Face names, owned by this object.</summary>
public sealed class EncoderWeights : IDisposable
{
    private readonly Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
    private readonly List<ParameterSpec> specs;

    /// <param name="heads">Parameters beside the model's, see <see cref="Attach"/>.</param>
    public EncoderWeights(EncoderConfig config, IReadOnlyList<ParameterSpec>? heads = null)
    {
        Config = config;
        specs = [.. ParameterSpecs.Of(config), .. heads ?? []];
    }

    public EncoderConfig Config { get; }

    /// <summary>The config's parameters, then those of heads that are there for training only.</summary>
    public IReadOnlyList<ParameterSpec> Specs => specs;

    public IReadOnlyDictionary<string, Tensor> Tensors => tensors;

    public Tensor this[string name] => tensors[name];

    /// <returns>Null where there is no parameter of that name.</returns>
    public Tensor? Find(string name) => tensors.GetValueOrDefault(name);

    /// <summary>
    /// Normal weights of the config's standard deviation, zero biases, unit norms. Each tensor depends on the seed and its
    /// own name only, so one missing head gets the same numbers whatever was loaded beside it.
    /// </summary>
    public static EncoderWeights Initialise(EncoderConfig config, int seed, IReadOnlyList<ParameterSpec>? heads = null)
    {
        var weights = new EncoderWeights(config, heads);
        foreach (var spec in weights.Specs)
            weights.Initialise(spec, seed);
        return weights;
    }

    /// <summary>Adds a head that is no part of the model: it learns beside it and is taken away again.</summary>
    public void Attach(IEnumerable<ParameterSpec> head, int seed)
    {
        ArgumentNullException.ThrowIfNull(head);
        foreach (var spec in head)
        {
            specs.Add(spec);
            Initialise(spec, seed);
        }
    }

    /// <summary>Takes such a head away.</summary>
    public void Detach(IReadOnlyList<ParameterSpec> head)
    {
        ArgumentNullException.ThrowIfNull(head);
        foreach (var name in head.Select(spec => spec.Name))
        {
            specs.RemoveAll(spec => spec.Name == name);
            if (tensors.Remove(name, out var tensor))
                tensor.Dispose();
        }
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
        using var scope = NewDisposeScope();
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
