using ImdbPipeline.Core.Foundation;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>The tensors of a model folder: <c>model.safetensors</c>, or the shards listed in its index file.</summary>
public sealed class CheckpointTensors : IDisposable
{
    public const string File = "model.safetensors";
    public const string IndexFile = "model.safetensors.index.json";

    private readonly List<SafetensorsReader> readers = [];
    private readonly Dictionary<string, SafetensorsReader> owners = new(StringComparer.Ordinal);

    private CheckpointTensors(IEnumerable<string> paths, ShardIndex? index)
    {
        try
        {
            foreach (var path in paths)
                Add(new SafetensorsReader(path));
            index?.RejectMismatches(owners.ToDictionary(owner => owner.Key, owner => owner.Value.File));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Tensor headers by name, including tensors that are not floating-point.</summary>
    public IReadOnlyDictionary<string, TensorHeader> Headers => owners.ToDictionary(o => o.Key, o => o.Value.Tensors[o.Key]);

    /// <exception cref="InputRejectedException">The weights are missing, pickled or damaged.</exception>
    public static CheckpointTensors Open(string folder)
    {
        var single = Path.Combine(folder, File);
        if (System.IO.File.Exists(single))
            return new CheckpointTensors([single], index: null);
        if (Path.Combine(folder, IndexFile) is var path && System.IO.File.Exists(path))
        {
            var index = new ShardIndex(path);
            return new CheckpointTensors(index.Paths, index);
        }

        var pickled = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Select(Path.GetFileName).FirstOrDefault(n => n!.EndsWith(".bin") || n.EndsWith(".pt") || n.EndsWith(".pth") || n.EndsWith(".ckpt"))
            : null;
        throw new InputRejectedException(
            ErrorRules.WeightsMissing, folder, File, pickled is null ? "no weights" : $"{pickled}, which is pickled and could run code",
            "Save the model with safe_serialization=True.");
    }

    public Tensor Read(string name) => owners[name].Read(name);

    public void Dispose() => readers.ForEach(reader => reader.Dispose());

    private void Add(SafetensorsReader reader)
    {
        readers.Add(reader);
        foreach (var name in reader.Tensors.Keys)
        {
            if (!owners.TryAdd(name, reader))
                throw new InputRejectedException(
                    ErrorRules.SafetensorsInvalid, reader.File, "every tensor in one file", $"'{name}' in {owners[name].File} as well", "Export the model again.");
        }
    }
}
