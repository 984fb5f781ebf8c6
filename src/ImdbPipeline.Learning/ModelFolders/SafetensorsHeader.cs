using System.Buffers.Binary;
using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>
/// The header of a safetensors file: an 8-byte little-endian length, then JSON. All its values are checked against the
/// actual file length before memory for a tensor is allocated (https://github.com/huggingface/safetensors#format).
/// </summary>
public sealed class SafetensorsHeader
{
    /// <summary>Limit set by the format.</summary>
    public const long MaxBytes = 100_000_000;

    private static readonly Dictionary<string, int> elementBytes = new(StringComparer.Ordinal)
    {
        ["BOOL"] = 1,
        ["U8"] = 1,
        ["I8"] = 1,
        ["F8_E4M3"] = 1,
        ["F8_E5M2"] = 1,
        ["I16"] = 2,
        ["U16"] = 2,
        ["F16"] = 2,
        ["BF16"] = 2,
        ["I32"] = 4,
        ["U32"] = 4,
        ["F32"] = 4,
        ["I64"] = 8,
        ["U64"] = 8,
        ["F64"] = 8,
    };

    private const string MetadataProperty = "__metadata__";

    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorHeader> tensors = new(StringComparer.Ordinal);
    private readonly string file;
    private readonly long dataBytes;

    private SafetensorsHeader(byte[] json, long fileLength, string file)
    {
        this.file = file;
        DataStart = 8 + json.Length;
        dataBytes = fileLength - DataStart;
        Parse(json);
        RejectGaps();
    }

    /// <summary>Offset of the tensor data in the file, in bytes.</summary>
    public long DataStart { get; }

    public IReadOnlyDictionary<string, TensorHeader> Tensors => tensors;

    /// <summary>The file's metadata; may be empty.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <param name="stream">Positioned at the start of the file.</param>
    /// <param name="fileLength">Actual length of the file in bytes.</param>
    /// <param name="file">File name for error messages.</param>
    /// <exception cref="InputRejectedException">The header is invalid or does not match the file's content.</exception>
    public static SafetensorsHeader Read(Stream stream, long fileLength, string file)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (fileLength < 8)
            throw Rejected(file, "a header of at least 8 bytes", $"{fileLength} bytes");
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        RejectPointer(stream, prefix, file);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxBytes || (long)length > fileLength - 8)
            throw Rejected(file, $"a header of at most {Math.Min(MaxBytes, fileLength - 8)} bytes", $"a claimed length of {length}");
        var json = new byte[(int)length];
        stream.ReadExactly(json);
        return new SafetensorsHeader(json, fileLength, file);
    }

    /// <param name="prefix">The first eight bytes of the file.</param>
    private static void RejectPointer(Stream stream, ReadOnlySpan<byte> prefix, string file)
    {
        Span<byte> start = stackalloc byte[GitLfsPointer.StartLength];
        prefix.CopyTo(start);
        var rest = start[prefix.Length..];
        if (GitLfsPointer.CanBeginWith(prefix) && stream.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false) == rest.Length && GitLfsPointer.IsStartOf(start))
            throw GitLfsPointer.Rejected(file);
    }

    private void Parse(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == MetadataProperty)
                    ParseMetadata(property.Value);
                else if (!tensors.TryAdd(property.Name, Tensor(property)))
                    throw Rejected("unique tensor names", $"'{property.Name}' twice");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw Rejected("a JSON object of tensors with dtype, shape and data_offsets", e.Message, e);
        }
    }

    private void ParseMetadata(JsonElement element)
    {
        foreach (var entry in element.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
                throw Rejected($"a string for '{entry.Name}' in {MetadataProperty}", $"a JSON {entry.Value.ValueKind.ToString().ToLowerInvariant()}");
            if (!metadata.TryAdd(entry.Name, entry.Value.GetString()!))
                throw Rejected($"unique names in {MetadataProperty}", $"'{entry.Name}' twice");
        }
    }

    private void RejectGaps()
    {
        long end = 0;
        foreach (var tensor in tensors.Values.OrderBy(t => t.Begin).ThenBy(t => t.End))
        {
            if (tensor.Begin != end)
                throw Rejected($"tensor '{tensor.Name}' to begin at byte {end}, where the previous one ends", $"byte {tensor.Begin}");
            end = tensor.End;
        }

        if (end != dataBytes)
            throw Rejected($"{end} bytes of tensor data as declared in the header", $"{dataBytes} bytes");
    }

    private TensorHeader Tensor(JsonProperty property)
    {
        var name = property.Name;
        var type = property.Value.GetProperty("dtype").GetString() ?? "null";
        if (!elementBytes.TryGetValue(type, out var bytes))
            throw Rejected($"a known dtype for tensor '{name}'", $"'{type}'");

        var shape = property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var offsets = property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        if (offsets is not [>= 0 and var begin, var end] || end < begin || end > dataBytes)
            throw Rejected($"two offsets within {dataBytes} bytes for tensor '{name}'", $"[{string.Join(", ", offsets)}]");

        var elements = (Int128)bytes;
        foreach (var size in shape)
        {
            if (size < 0 || (elements *= size) > long.MaxValue)
                throw Rejected($"a valid shape for tensor '{name}'", $"[{string.Join(", ", shape)}]");
        }

        return elements == end - begin
            ? new TensorHeader(name, type, shape, begin, end)
            : throw Rejected($"{elements} bytes for tensor '{name}' of {type} [{string.Join(", ", shape)}]", $"{end - begin} bytes");
    }

    private InputRejectedException Rejected(string expected, string found, Exception? inner = null) => Rejected(file, expected, found, inner);

    private static InputRejectedException Rejected(string file, string expected, string found, Exception? inner = null) =>
        new(ErrorRules.SafetensorsInvalid, file, expected, found, "Download or export the model again.", inner);
}
