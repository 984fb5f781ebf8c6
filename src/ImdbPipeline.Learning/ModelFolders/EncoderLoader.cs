using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>Loads the tensors of a Hugging Face folder into an encoder by name and reports those that do not fit.</summary>
public static class EncoderLoader
{
    /// <summary>Prefixes of other tasks' heads, which a classifier does not need.</summary>
    private static readonly string[] unused = ["cls.", "vocab_transform.", "vocab_layer_norm.", "vocab_projector.", "qa_outputs.", "lm_head.", "mlm_head.", "fraction_attention."];

    private const int MaxNamed = 5;

    /// <summary>Loads a trained classifier; all tensors must be present.</summary>
    /// <exception cref="InputRejectedException">A file is missing or damaged, or a tensor is missing, unknown or has the wrong shape.</exception>
    public static LoadedEncoder LoadModel(string folder)
    {
        var config = ReadConfig(folder);
        return Load(folder, config, config, [], headSeed: null);
    }

    /// <summary>Loads a base model for fine-tuning. A classifier that is missing or has other labels is initialised from the seed.</summary>
    /// <param name="config">The base model's config with the desired labels and number of layers.</param>
    /// <param name="heads">Additional heads; read from the base model if present, otherwise initialised from the seed.</param>
    /// <exception cref="InputRejectedException">A file is missing or damaged, or a tensor is missing, unknown or has the wrong shape.</exception>
    public static LoadedEncoder LoadBase(string folder, EncoderConfig config, IReadOnlyList<ParameterSpec> heads, int seed) =>
        Load(folder, ReadConfig(folder), config, heads, seed);

    public static EncoderConfig ReadConfig(string folder) =>
        ModelFolder.Read(folder, ModelFolder.ConfigFile) is { } json
            ? EncoderConfig.Parse(json, Path.Combine(folder, ModelFolder.ConfigFile))
            : throw new InputRejectedException(ErrorRules.ConfigMissing, folder, "a config.json", "none", "Specify a folder with Hugging Face model files.");

    /// <param name="stored">The folder's own config.</param>
    private static LoadedEncoder Load(string folder, EncoderConfig stored, EncoderConfig config, IReadOnlyList<ParameterSpec> heads, int? headSeed)
    {
        var keepsClassifier = stored.ProblemType == config.ProblemType && stored.Labels.SequenceEqual(config.Labels);
        using var checkpoint = CheckpointTensors.Open(folder);
        var names = new StoredNames(checkpoint.Headers, ParameterNames.Of(config.Family).Prefix);
        var weights = new EncoderWeights(config, heads);
        try
        {
            var fresh = new List<string>();
            foreach (var spec in weights.Specs)
            {
                if (names.Find(spec) is { } name && (keepsClassifier || !spec.Name.StartsWith($"{ParameterNames.Classifier}.", StringComparison.Ordinal)))
                {
                    using var value = checkpoint.Read(name);
                    weights.Set(spec.Name, value);
                }
                else if (headSeed is { } seed && spec.Depth == config.Layers + 1)
                {
                    weights.Initialise(spec, seed);
                    fresh.Add(spec.Name);
                }
            }

            names.RejectMismatches(folder, weights);
            var dropped = DroppedLayers(stored, config);
            var extra = names.Extra().Where(name => !name.EndsWith(".position_ids", StringComparison.Ordinal) && !dropped.Any(name.StartsWith)).ToArray();
            if (extra.FirstOrDefault(name => headSeed is null || !unused.Any(name.StartsWith)) is { } unknown)
                throw new InputRejectedException(
                    ErrorRules.TensorUnknown, folder, $"only tensors of the {config.Family} described by config.json", $"'{unknown}'", "Check that config.json and the weights belong together.");
            var replaced = !keepsClassifier && checkpoint.Headers.ContainsKey($"{ParameterNames.Classifier}.weight") ? stored : null;
            return new LoadedEncoder(new TrainableEncoder(weights), Notes(fresh, extra, replaced));
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static string Purpose(EncoderConfig config) => config.ProblemType switch
    {
        ProblemType.Regression => "regression",
        ProblemType.MultiLabelClassification => "multi-label classification",
        _ => $"the labels {string.Join(", ", config.Labels.Take(MaxNamed))}{(config.Labels.Count > MaxNamed ? $" and {config.Labels.Count - MaxNamed} more" : "")}",
    };

    /// <summary>Name prefixes of the base model's upper layers that the model leaves out.</summary>
    private static string[] DroppedLayers(EncoderConfig stored, EncoderConfig config)
    {
        var names = ParameterNames.Of(config.Family);
        return
        [
            .. from layer in Enumerable.Range(config.Layers, Math.Max(0, stored.Layers - config.Layers))
               let prefix = names.Layer(layer).Prefix
               from begin in (string[])[prefix, prefix[names.Prefix.Length..]]
               select begin,
        ];
    }

    /// <param name="replaced">Config of the model whose classifier was not kept; null if it has none.</param>
    private static List<string> Notes(List<string> fresh, string[] extra, EncoderConfig? replaced)
    {
        var notes = new List<string>();
        if (fresh.Count > 0)
            notes.Add($"not in the base model, so trained from scratch: {string.Join(", ", fresh)}{(replaced is null ? "" : $"; the base model's classifier is for {Purpose(replaced)}")}");
        if (extra.Length > 0)
            notes.Add($"not used: {string.Join(", ", extra)}");
        return notes;
    }
}
