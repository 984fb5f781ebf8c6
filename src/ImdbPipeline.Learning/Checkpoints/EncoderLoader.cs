using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.Checkpoints;

/// <summary>Puts the tensors of a Hugging Face folder into an encoder, by name, and names whatever does not fit.</summary>
public static class EncoderLoader
{
    /// <summary>Heads of other tasks and buffers, which a classifier does not need.</summary>
    private static readonly string[] unused = ["cls.", "vocab_transform.", "vocab_layer_norm.", "vocab_projector.", "qa_outputs.", "lm_head.", "mlm_head.", "fraction_attention."];

    /// <summary>Loads a finished classifier: every tensor must be there.</summary>
    /// <exception cref="InputRejectedException">Files are missing or damaged, or tensors missing, misshapen or unknown.</exception>
    public static LoadedEncoder LoadModel(string folder) => Load(folder, ReadConfig(folder), [], headSeed: null);

    /// <summary>Loads a base to be fine-tuned; a head it lacks, or has for other labels, is initialised from the seed.</summary>
    /// <param name="config">The base's, with what is to be different: the labels, the first layers only.</param>
    /// <param name="heads">Attached to the model; read where the base has them, else initialised from the seed.</param>
    /// <exception cref="InputRejectedException">Files are missing or damaged, or tensors missing, misshapen or unknown.</exception>
    public static LoadedEncoder LoadBase(string folder, EncoderConfig config, IReadOnlyList<ParameterSpec> heads, int seed) =>
        Load(folder, config, heads, seed);

    public static EncoderConfig ReadConfig(string folder)
    {
        var path = Path.Combine(folder, ModelFolder.ConfigFile);
        return File.Exists(path)
            ? EncoderConfig.Parse(File.ReadAllBytes(path), path)
            : throw new InputRejectedException("config-missing", folder, "a config.json", "none", "Name a folder in Hugging Face's layout.");
    }

    private static LoadedEncoder Load(string folder, EncoderConfig config, IReadOnlyList<ParameterSpec> heads, int? headSeed)
    {
        using var checkpoint = CheckpointTensors.Open(folder);
        var stored = new StoredNames(checkpoint.Headers, ParameterNames.Of(config.Family).Prefix);
        var weights = new EncoderWeights(config, heads);
        try
        {
            var fresh = new List<string>();
            foreach (var spec in weights.Specs)
            {
                if (stored.Find(spec) is { } name)
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

            stored.RefuseMismatches(folder, weights);
            var above = AboveTop(folder, config);
            var extra = stored.Extra().Where(name => !name.EndsWith(".position_ids", StringComparison.Ordinal) && !above.Any(name.StartsWith)).ToArray();
            if (extra.FirstOrDefault(name => headSeed is null || !unused.Any(name.StartsWith)) is { } unknown)
                throw new InputRejectedException(
                    "tensor-unknown", folder, $"only tensors of the {config.Family} described by config.json", $"'{unknown}'", "Check that config.json and the weights belong together.");
            return new LoadedEncoder(new Encoder(weights), Notes(fresh, extra));
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>How the names of the layers begin that the base has and the model does not.</summary>
    private static string[] AboveTop(string folder, EncoderConfig config)
    {
        var names = ParameterNames.Of(config.Family);
        return
        [
            .. from layer in Enumerable.Range(config.Layers, Math.Max(0, ReadConfig(folder).Layers - config.Layers))
               let prefix = names.Layer(layer).Prefix
               from begin in (string[])[prefix, prefix[names.Prefix.Length..]]
               select begin,
        ];
    }

    private static List<string> Notes(List<string> fresh, string[] extra)
    {
        var notes = new List<string>();
        if (fresh.Count > 0)
            notes.Add($"freshly initialised: {string.Join(", ", fresh)}");
        if (extra.Length > 0)
            notes.Add($"not used: {string.Join(", ", extra)}");
        return notes;
    }
}
