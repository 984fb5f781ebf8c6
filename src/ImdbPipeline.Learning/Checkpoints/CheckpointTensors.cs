using System.Text.Json;
using ImdbPipeline.Core;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Checkpoints;

/// <summary>The tensors of a model folder: <c>model.safetensors</c>, or the shards named by its index file.</summary>
public sealed class CheckpointTensors : IDisposable
{
    public const string File = "model.safetensors";
    public const string IndexFile = "model.safetensors.index.json";

    private readonly List<SafetensorsReader> readers = [];
    private readonly Dictionary<string, SafetensorsReader> owners = new(StringComparer.Ordinal);

    private CheckpointTensors(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var reader = new SafetensorsReader(path);
            readers.Add(reader);
            foreach (var name in reader.Tensors.Keys)
            {
                if (!owners.TryAdd(name, reader))
                    throw new InputRejectedException("safetensors-invalid", Path.GetFileName(path), "every tensor once", $"'{name}' in two files", "Export the model again.");
            }
        }
    }

    /// <summary>Shapes by name, floating-point or not.</summary>
    public IReadOnlyDictionary<string, TensorHeader> Headers => owners.ToDictionary(o => o.Key, o => o.Value.Tensors[o.Key]);

    /// <exception cref="InputRejectedException">There are no weights, only pickled ones, or they are damaged.</exception>
    public static CheckpointTensors Open(string folder)
    {
        var single = Path.Combine(folder, File);
        if (System.IO.File.Exists(single))
            return new CheckpointTensors([single]);
        var index = Path.Combine(folder, IndexFile);
        if (System.IO.File.Exists(index))
            return new CheckpointTensors(Shards(folder, index));

        var pickled = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Select(Path.GetFileName).FirstOrDefault(n => n!.EndsWith(".bin") || n.EndsWith(".pt") || n.EndsWith(".pth") || n.EndsWith(".ckpt"))
            : null;
        throw new InputRejectedException(
            "weights-missing", folder, File, pickled is null ? "no weights" : $"{pickled}, which is pickled and could run code",
            "Save the model with safe_serialization=True.");
    }

    public Tensor Read(string name) => owners[name].Read(name);

    public void Dispose() => readers.ForEach(reader => reader.Dispose());

    private static IEnumerable<string> Shards(string folder, string index)
    {
        try
        {
            using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(index));
            var names = document.RootElement.GetProperty("weight_map").EnumerateObject().Select(entry => entry.Value.GetString()!).Distinct().ToArray();
            foreach (var name in names)
            {
                // The index must not lead out of its folder.
                if (name != Path.GetFileName(name) || !System.IO.File.Exists(Path.Combine(folder, name)))
                    throw new InputRejectedException("weights-missing", index, $"the shard '{name}' beside it", "none", "Download every shard of the model.");
            }

            return names.Select(name => Path.Combine(folder, name));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InputRejectedException("safetensors-invalid", index, "a JSON object with a weight_map", e.Message, "Download the index again.", e);
        }
    }
}
