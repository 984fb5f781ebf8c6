using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>
/// Writes float32 and int32 tensors as a safetensors file, byte for byte like the reference library: tensors sorted by name,
/// header padded with spaces to a multiple of 8 bytes.
/// </summary>
public static class SafetensorsWriter
{
    /// <summary>Tells the Hugging Face libraries that the tensors are in PyTorch's format.</summary>
    private static readonly IReadOnlyDictionary<string, string> defaultMetadata = new Dictionary<string, string> { ["format"] = "pt" };

    // Like the reference library, escape only what JSON requires.
    private static readonly JsonWriterOptions relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the file atomically.</summary>
    /// <param name="metadata">File metadata, sorted by key; null writes <c>format</c> = <c>pt</c>.</param>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var ordered = tensors.OrderBy(t => t.Key, StringComparer.Ordinal).ToArray();
        var partial = path + ".partial";
        using (var stream = File.Create(partial))
        {
            WriteHeader(stream, ordered, metadata ?? defaultMetadata);
            foreach (var (_, tensor) in ordered)
            {
                using var scope = NewDisposeScope();
                stream.Write((tensor.dtype == ScalarType.Int32 ? tensor : tensor.detach().to(ScalarType.Float32)).cpu().contiguous().bytes);
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(partial, path, overwrite: true);
    }

    private static void WriteHeader(FileStream stream, KeyValuePair<string, Tensor>[] ordered, IReadOnlyDictionary<string, string> metadata)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, relaxed))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                writer.WriteString(key, value);
            writer.WriteEndObject();
            long begin = 0;
            foreach (var (name, tensor) in ordered)
            {
                var end = begin + tensor.numel() * sizeof(float);
                writer.WriteStartObject(name);
                writer.WriteString("dtype", tensor.dtype == ScalarType.Int32 ? "I32" : "F32");
                Numbers(writer, "shape", tensor.shape);
                Numbers(writer, "data_offsets", [begin, end]);
                writer.WriteEndObject();
                begin = end;
            }

            writer.WriteEndObject();
        }

        json.Write(Encoding.ASCII.GetBytes(new string(' ', (int)(-json.Length & 7))));
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        stream.Write(length);
        json.WriteTo(stream);
    }

    private static void Numbers(Utf8JsonWriter writer, string property, ReadOnlySpan<long> numbers)
    {
        writer.WriteStartArray(property);
        foreach (var number in numbers)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}
