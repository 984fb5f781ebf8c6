using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary><c>model.safetensors.index.json</c>: maps each tensor to the weights shard that contains it.</summary>
internal sealed class ShardIndex
{
    private readonly Dictionary<string, string> shards = new(StringComparer.Ordinal);
    private readonly string path;

    /// <exception cref="InputRejectedException">The file is not a valid index, lists a tensor twice, or lists a shard that does not exist.</exception>
    public ShardIndex(string path)
    {
        this.path = path;
        try
        {
            using var document = JsonDocument.Parse(ModelFolder.Read(Path.GetDirectoryName(path)!, Path.GetFileName(path)));
            foreach (var entry in document.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                if (!shards.TryAdd(entry.Name, entry.Value.GetString() ?? throw new JsonException($"no shard for '{entry.Name}'")))
                    throw Rejected("unique tensor names", $"'{entry.Name}' twice");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Rejected("a JSON object with a weight_map", e.Message, e);
        }

        foreach (var name in Names)
        {
            // The index must not point outside its folder.
            if (name != Path.GetFileName(name) || !File.Exists(PathOf(name)))
                throw new InputRejectedException(ErrorRules.WeightsMissing, path, $"the shard '{name}' in the same folder", "no such file", "Download every shard of the model.");
        }
    }

    public IEnumerable<string> Paths => Names.Select(PathOf);

    private IEnumerable<string> Names => shards.Values.Distinct();

    /// <param name="found">File name of the shard that contains each tensor, by tensor name.</param>
    /// <exception cref="InputRejectedException">A tensor is not in the shard the index lists, in no shard at all, or not in the index.</exception>
    public void RejectMismatches(IReadOnlyDictionary<string, string> found)
    {
        string[] wrong =
        [
            .. from entry in shards
               where !found.TryGetValue(entry.Key, out var holder) || holder != entry.Value
               select $"'{entry.Key}' in {found.GetValueOrDefault(entry.Key, "none")} instead of {entry.Value}",
            .. found.Keys.Where(name => !shards.ContainsKey(name)).Select(name => $"'{name}' in {found[name]}, which is not in the index"),
        ];
        if (wrong.Length > 0)
            throw Rejected("every tensor in the shard it lists", $"{string.Join("; ", wrong.Take(5))}{(wrong.Length > 5 ? $" and {wrong.Length - 5} more" : "")}");
    }

    private string PathOf(string name) => Path.Combine(Path.GetDirectoryName(path)!, name);

    private InputRejectedException Rejected(string expected, string found, Exception? inner = null) =>
        new(ErrorRules.SafetensorsInvalid, path, expected, found, "Download the index and every shard again.", inner);
}
