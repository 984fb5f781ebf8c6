using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>
/// Finds a parameter among the stored tensors: by its name, without the encoder's prefix (bare encoders), or by the legacy
/// layer-norm names gamma and beta.
/// </summary>
internal sealed class StoredNames(IReadOnlyDictionary<string, TensorHeader> headers, string prefix)
{
    private readonly HashSet<string> used = new(StringComparer.Ordinal);
    private readonly List<string> misshapen = [];

    /// <returns>The stored name, or null if there is no tensor with the right shape.</returns>
    public string? Find(ParameterSpec spec)
    {
        foreach (var name in Candidates(spec))
        {
            if (!headers.TryGetValue(name, out var header))
                continue;
            used.Add(name);
            if (header.Shape.SequenceEqual(spec.Shape))
                return name;
            misshapen.Add($"'{name}' of [{string.Join(", ", spec.Shape)}], found [{string.Join(", ", header.Shape)}]");
            return null;
        }

        return null;
    }

    /// <exception cref="InputRejectedException">A parameter has no value.</exception>
    public void RejectMismatches(string folder, EncoderWeights weights)
    {
        var missing = weights.Specs.Where(spec => !weights.Tensors.ContainsKey(spec.Name)).Select(spec => spec.Name).ToArray();
        if (missing.Length == 0)
            return;
        var isEncoderAlone = misshapen.Count == 0 && weights.Specs.Where(spec => missing.Contains(spec.Name)).All(spec => spec.Depth == weights.Config.Layers + 1);
        var found = misshapen.Count > 0 ? misshapen : [.. missing.Select(name => $"'{name}' missing")];
        throw new InputRejectedException(
            misshapen.Count > 0 ? ErrorRules.TensorShape : ErrorRules.TensorMissing, folder, $"all {weights.Specs.Count} tensors of the {weights.Config.Family} model in config.json",
            $"{string.Join("; ", found.Take(5))}{(found.Count > 5 ? $" and {found.Count - 5} more" : "")}",
            isEncoderAlone ? "This model was not fine-tuned for classification: train it first, with --base-model." : "Check that config.json and the weights belong together.");
    }

    public IEnumerable<string> Extra() => headers.Keys.Where(name => !used.Contains(name)).Order(StringComparer.Ordinal);

    private IEnumerable<string> Candidates(ParameterSpec spec)
    {
        var legacy = spec.Kind switch
        {
            ParameterKind.NormScale => string.Concat(spec.Name.AsSpan(0, spec.Name.Length - "weight".Length), "gamma"),
            ParameterKind.NormShift => string.Concat(spec.Name.AsSpan(0, spec.Name.Length - "bias".Length), "beta"),
            _ => null,
        };
        foreach (var name in (string?[])[spec.Name, legacy])
        {
            if (name is null)
                continue;
            yield return name;
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                yield return name[prefix.Length..];
        }
    }
}
