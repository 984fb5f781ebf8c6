using System.Runtime.InteropServices;
using ImdbPipeline.Core.Foundation;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>Reads tensors of a safetensors file by name, converted to float32.</summary>
public sealed class SafetensorsReader : IDisposable
{
    private readonly FileStream stream;
    private readonly SafetensorsHeader header;

    /// <exception cref="InputRejectedException">The file is not a valid safetensors file.</exception>
    public SafetensorsReader(string path)
    {
        File = Path.GetFileName(path);
        stream = ModelFolder.Open(path);
        try
        {
            header = SafetensorsHeader.Read(stream, stream.Length, path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>File name without the folder.</summary>
    public string File { get; }

    public IReadOnlyDictionary<string, TensorHeader> Tensors => header.Tensors;

    /// <summary>The file's metadata; may be empty.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <returns>A new float32 tensor with the stored shape; F16 and BF16 are converted.</returns>
    /// <exception cref="InputRejectedException">The tensor does not exist or is not F32, F16 or BF16.</exception>
    public Tensor Read(string name)
    {
        var tensor = Find(name);
        var type = tensor.Type switch
        {
            "F32" => ScalarType.Float32,
            "F16" => ScalarType.Float16,
            "BF16" => ScalarType.BFloat16,
            _ => throw new InputRejectedException(
                ErrorRules.TensorType, File, $"F32, F16 or BF16 for tensor '{name}'", tensor.Type, "Export the model in one of these types."),
        };
        using var scope = NewDisposeScope();
        var values = empty(tensor.Shape.ToArray(), dtype: type, device: CPU);
        stream.Position = header.DataStart + tensor.Begin;
        stream.ReadExactly(values.bytes);
        return values.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <exception cref="InputRejectedException">The tensor does not exist or is not I32.</exception>
    public int[] ReadIntegers(string name)
    {
        var tensor = Find(name);
        if (tensor.Type != "I32")
            throw new InputRejectedException(ErrorRules.TensorType, File, $"I32 for tensor '{name}'", tensor.Type, "Export the model again.");
        var values = new int[(tensor.End - tensor.Begin) / sizeof(int)];
        stream.Position = header.DataStart + tensor.Begin;
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    public void Dispose() => stream.Dispose();

    private TensorHeader Find(string name) => header.Tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw new InputRejectedException(ErrorRules.TensorMissing, File, $"tensor '{name}'", "no such tensor", "Check that config.json and the weights belong together.");
}
