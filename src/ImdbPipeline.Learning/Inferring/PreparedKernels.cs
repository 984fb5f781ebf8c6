using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Encoders;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>
/// A finished encoder's operations: no gradients, the layers' weights arranged once for many products. The results equal
/// those of <see cref="WeightKernels"/> up to the order of summation.
/// </summary>
internal sealed class PreparedKernels : IEncoderKernels
{
    private const string QueryKeyValue = "queryKeyValue", KeyValue = "keyValue";

    private readonly double epsilon;
    private readonly Activation activation;
    private readonly Dictionary<string, Tensor> parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IPackedLinear> products = new(StringComparer.Ordinal);

    /// <param name="weights">May be disposed of or trained further afterwards: what is not copied is kept alive.</param>
    public PreparedKernels(EncoderWeights weights, ScoringPrecision precision)
    {
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        var config = weights.Config;
        var names = ParameterNames.Of(config.Family);
        (epsilon, activation) = (config.LayerNormEpsilon, config.Activation);
        // int8 kernels exist for CPUs only.
        Device = precision == ScoringPrecision.Int8 ? CPU : weights[$"{names.WordEmbeddings}.weight"].device;
        var arranged = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < config.Layers; i++)
        {
            var layer = names.Layer(i);
            // The last layer computes the first token of each row only: few rows, in ever-changing numbers, except for keys and values.
            var last = i == config.Layers - 1;
            if (last)
            {
                Add(layer.Query, large: false, layer.Query);
                Add(KeyValue, large: true, layer.Key, layer.Value);
            }
            else
            {
                Add(QueryKeyValue, large: true, layer.Query, layer.Key, layer.Value);
            }
            foreach (var part in (string[])[layer.Output, layer.Expand, layer.Contract])
                Add(part, large: !last, part);

            void Add(string product, bool large, params string[] parts)
            {
                products[layer.Prefix + product] = Arrange(weights, [.. parts.Select(part => layer.Prefix + part)], large, precision);
                arranged.UnionWith(parts.SelectMany(part => (string[])[$"{layer.Prefix}{part}.weight", $"{layer.Prefix}{part}.bias"]));
            }
        }

        // The same memory where it is on the device already, without a gradient.
        foreach (var spec in weights.Specs.Where(spec => !arranged.Contains(spec.Name)))
            parameters[spec.Name] = weights[spec.Name].detach().to(Device).DetachFromDisposeScope();
    }

    public Device Device { get; }

    public Tensor this[string parameter] => parameters[parameter];

    public Tensor Add(Tensor left, Tensor right) => left.add_(right);

    public Tensor Norm(Tensor input, string name)
    {
        var scale = parameters[$"{name}.weight"];
        return nn.functional.layer_norm(input, scale.shape, scale, parameters[$"{name}.bias"], epsilon);
    }

    public Tensor Dense(Tensor input, string name) =>
        products.TryGetValue(name, out var product) ? product.Apply(input) : nn.functional.linear(input, parameters[$"{name}.weight"], parameters[$"{name}.bias"]);

    public (Tensor Queries, Tensor Keys, Tensor Values) Project(Tensor queries, Tensor hidden, LayerNames layer)
    {
        if (products.TryGetValue(layer.Prefix + QueryKeyValue, out var fused))
        {
            var all = fused.Apply(hidden).chunk(3, 1);
            return (all[0], all[1], all[2]);
        }
        var parts = products[layer.Prefix + KeyValue].Apply(hidden).chunk(2, 1);
        return (Dense(queries, layer.Prefix + layer.Query), parts[0], parts[1]);
    }

    public Tensor FeedForward(Tensor input, LayerNames layer) =>
        (products[layer.Prefix + layer.Expand], products[layer.Prefix + layer.Contract]) switch
        {
            (OneDnnLinear expand, OneDnnLinear contract) when activation == Activation.Gelu => expand.Apply(input, contract),
            var (expand, contract) => contract.Apply(activation.Apply(expand.Apply(input))),
        };

    public void Dispose()
    {
        foreach (var part in parameters.Values.Concat<IDisposable>(products.Values))
            part.Dispose();
    }

    /// <returns>The product with the parts' weights on top of each other.</returns>
    private IPackedLinear Arrange(EncoderWeights weights, string[] parts, bool large, ScoringPrecision precision)
    {
        // Only one product's weights exist twice at any time.
        using var scope = NewDisposeScope();
        var weight = cat([.. parts.Select(part => weights[$"{part}.weight"])], 0).to(Device);
        var bias = cat([.. parts.Select(part => weights[$"{part}.bias"])], 0).to(Device).DetachFromDisposeScope();
        return precision switch
        {
            ScoringPrecision.Int8 => Int8Linear.Create(weight, bias),
            ScoringPrecision.Bf16 => new Bf16Linear(weight, bias),
            _ => (large ? OneDnnLinear.TryCreate(weight, bias) : null) ?? (IPackedLinear)new TorchLinear(weight.DetachFromDisposeScope(), bias),
        };
    }
}
