using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Learning.Checkpoints;

/// <summary><c>model.safetensors.index.json</c>: which shard of a checkpoint holds which tensor.</summary>
internal sealed class ShardIndex
{
    private readonly Dictionary<string, string> shards = new(StringComparer.Ordinal);
    private readonly string path;

    /// <exception cref="InputRejectedException">The file is no index, names a tensor twice, or a shard that is not beside it.</exception>
    public ShardIndex(string path)
    {
        this.path = path;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var entry in document.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                if (!shards.TryAdd(entry.Name, entry.Value.GetString() ?? throw new JsonException($"no shard for '{entry.Name}'")))
                    throw Refused("every tensor once", $"'{entry.Name}' twice");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Refused("a JSON object with a weight_map", e.Message, e);
        }

        foreach (var name in Names)
        {
            // The index must not lead out of its folder.
            if (name != Path.GetFileName(name) || !File.Exists(PathOf(name)))
                throw new InputRejectedException("weights-missing", path, $"the shard '{name}' beside it", "none", "Download every shard of the model.");
        }
    }

    public IEnumerable<string> Paths => Names.Select(PathOf);

    private IEnumerable<string> Names => shards.Values.Distinct();

    /// <param name="found">The file name of the shard that holds it, by tensor.</param>
    /// <exception cref="InputRejectedException">A tensor is in another shard than the index says, in none, or in a shard alone.</exception>
    public void RefuseMismatches(IReadOnlyDictionary<string, string> found)
    {
        string[] wrong =
        [
            .. from entry in shards
               where !found.TryGetValue(entry.Key, out var holder) || holder != entry.Value
               select $"'{entry.Key}' in {found.GetValueOrDefault(entry.Key, "none")} instead of {entry.Value}",
            .. found.Keys.Where(name => !shards.ContainsKey(name)).Select(name => $"'{name}' in {found[name]}, which the index does not name"),
        ];
        if (wrong.Length > 0)
            throw Refused("every tensor in the shard it names", $"{string.Join("; ", wrong.Take(5))}{(wrong.Length > 5 ? $" and {wrong.Length - 5} more" : "")}");
    }

    private string PathOf(string name) => Path.Combine(Path.GetDirectoryName(path)!, name);

    private InputRejectedException Refused(string expected, string found, Exception? inner = null) =>
        new("safetensors-invalid", path, expected, found, "Download the index and every shard again.", inner);
}
