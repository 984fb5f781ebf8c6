using ImdbPipeline.Learning.Foundation;

using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>An encoder's parameters: float32 tensors by Hugging Face name. This object owns and disposes them.</summary>
public sealed class EncoderWeights : IDisposable
{
    private readonly Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
    private readonly List<ParameterSpec> specs;

    /// <param name="heads">Additional parameters, used only during training; see <see cref="Attach"/>.</param>
    public EncoderWeights(EncoderConfig config, IReadOnlyList<ParameterSpec>? heads = null)
    {
        Config = config;
        specs = [.. ParameterSpecs.Of(config), .. heads ?? []];
    }

    public EncoderConfig Config { get; }

    /// <summary>The model's parameters, followed by those of training-only heads.</summary>
    public IReadOnlyList<ParameterSpec> Specs => specs;

    public IReadOnlyDictionary<string, Tensor> Tensors => tensors;

    public Tensor this[string name] => tensors[name];

    /// <summary>
    /// Initialises weights from a normal distribution, biases to zero and norms to identity. Each tensor depends only on the
    /// seed and its name, so a missing head gets the same values no matter what else was loaded.
    /// </summary>
    public static EncoderWeights Initialise(EncoderConfig config, int seed, IReadOnlyList<ParameterSpec>? heads = null)
    {
        var weights = new EncoderWeights(config, heads);
        foreach (var spec in weights.Specs)
            weights.Initialise(spec, seed);
        return weights;
    }

    /// <summary>Adds a head that is trained along with the model but is not part of it; <see cref="Detach"/> removes it.</summary>
    public void Attach(IEnumerable<ParameterSpec> head, int seed)
    {
        ArgumentNullException.ThrowIfNull(head);
        foreach (var spec in head)
        {
            specs.Add(spec);
            Initialise(spec, seed);
        }
    }

    /// <summary>Removes a head added by <see cref="Attach"/>.</summary>
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
        using var generator = new Generator(Seeds.Of(seed, spec.Name), CPU);
        using var scope = NewDisposeScope();
        var tensor = spec.Kind switch
        {
            ParameterKind.Weight => randn(spec.Shape, generator: generator) * Config.InitializerRange,
            ParameterKind.NormScale => ones(spec.Shape),
            _ => zeros(spec.Shape),
        };
        Set(spec.Name, tensor);
    }

    /// <summary>Sets a parameter to a copy of the tensor.</summary>
    public void Set(string name, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensors.Remove(name, out var previous))
            previous.Dispose();
        using var scope = NewDisposeScope();
        // The copy is in memory aligned by torch: with other alignments matrix products round differently.
        tensors[name] = tensor.detach().clone().DetachFromDisposeScope();
    }

    /// <summary>Moves all parameters to the device and turns gradients on or off.</summary>
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

    /// <summary>Divides the model's logits by a number, by changing its classifier.</summary>
    public void DivideLogits(double divisor)
    {
        using var noGrad = no_grad();
        foreach (var part in (string[])["weight", "bias"])
            tensors[$"{ParameterNames.Classifier}.{part}"].div_(divisor);
    }

    public void Dispose()
    {
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
        tensors.Clear();
    }
}
