using System.Buffers.Binary;
using System.Text;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.ModelFolders;

public sealed class SafetensorsTests
{
    [Fact]
    public void Written_tensors_are_read_back_unchanged()
    {
        using var folder = new TemporaryFolder();
        using var scope = torch.NewDisposeScope();
        var path = folder["model.safetensors"];
        SafetensorsWriter.Write(path, new Dictionary<string, torch.Tensor>
        {
            ["b"] = torch.tensor(new[] { 1f, -2.5f, float.MaxValue, 0f, 1e-30f, 7f }, [2, 3]),
            ["a"] = torch.tensor(3f),
            ["empty"] = torch.zeros(0, 4),
        });

        using var reader = new SafetensorsReader(path);
        Assert.Equal(["a", "b", "empty"], reader.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([1f, -2.5f, float.MaxValue, 0f, 1e-30f, 7f], reader.Read("b").data<float>().ToArray());
        Assert.Equal([2, 3], reader.Read("b").shape);
        Assert.Empty(reader.Read("a").shape);
        Assert.Equal([0, 4], reader.Read("empty").shape);
    }

    [Fact]
    public void Written_metadata_is_read_back_unchanged()
    {
        using var folder = new TemporaryFolder();
        using var scope = torch.NewDisposeScope();
        var tensors = new Dictionary<string, torch.Tensor> { ["a"] = torch.tensor(3f) };
        var metadata = new Dictionary<string, string> { ["step"] = "12", ["path"] = "runs/<a> & \"b\"\n", ["cliché"] = "" };

        SafetensorsWriter.Write(folder["custom"], tensors, metadata);
        SafetensorsWriter.Write(folder["defaulted"], tensors);

        using var custom = new SafetensorsReader(folder["custom"]);
        using var defaulted = new SafetensorsReader(folder["defaulted"]);
        Assert.Equal(metadata, custom.Metadata);
        Assert.Equal(["a"], custom.Tensors.Keys);
        Assert.Equal(KeyValuePair.Create("format", "pt"), Assert.Single(defaulted.Metadata));
    }

    [Theory]
    [InlineData("""{"__metadata__":{"step":12}}""", "'step'")]
    [InlineData("""{"__metadata__":{"step":null}}""", "'step'")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", "'a' twice")]
    [InlineData("""{"__metadata__":"pt"}""", "JSON object")]
    public void Metadata_other_than_unique_strings_is_rejected(string header, string named)
    {
        using var folder = new TemporaryFolder();
        Write(folder["f"], header, []);

        Assert.Contains(named, Assert.Throws<InputRejectedException>(() => new SafetensorsReader(folder["f"])).Message);
    }

    [Fact]
    public void A_written_file_is_identical_to_that_of_the_reference_library()
    {
        using var folder = new TemporaryFolder();
        using var scope = torch.NewDisposeScope();
        Write(
            folder["reference"],
            """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}    """,
            [0, 0, 128, 63, 0, 0, 0, 192, 0, 0, 64, 64]);

        SafetensorsWriter.Write(folder["written"], new Dictionary<string, torch.Tensor> { ["b"] = torch.tensor(3f), ["a"] = torch.tensor(new[] { 1f, -2f }, [2, 1]) });

        Assert.Equal(File.ReadAllBytes(folder["reference"]), File.ReadAllBytes(folder["written"]));
    }

    [Fact]
    public void Half_precision_tensors_are_read_as_float32()
    {
        using var folder = new TemporaryFolder();
        var data = new byte[8];
        BinaryPrimitives.WriteHalfLittleEndian(data, (Half)1.5f);
        BinaryPrimitives.WriteHalfLittleEndian(data.AsSpan(2), (Half)(-0.25f));
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(4), 0x3FC0);
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(6), 0xC000);
        Write(folder["f"], """{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]}}""", data);

        using var reader = new SafetensorsReader(folder["f"]);
        using var scope = torch.NewDisposeScope();
        Assert.Equal([1.5f, -0.25f], reader.Read("h").data<float>().ToArray());
        Assert.Equal([1.5f, -2f], reader.Read("b").data<float>().ToArray());
    }

    [Theory]
    [InlineData("""not json""")]
    [InlineData("""[]""")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"X9","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8000000000]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387905,4],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807,9223372036854775807],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""")]
    public void An_invalid_header_or_one_that_contradicts_the_file_is_rejected(string header)
    {
        using var folder = new TemporaryFolder();
        Write(folder["f"], header, new byte[8]);

        Assert.Equal("safetensors-invalid", Assert.Throws<InputRejectedException>(() => new SafetensorsReader(folder["f"])).Rule);
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 0 })]
    [InlineData(new byte[] { 9, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}' })]
    public void An_impossible_header_length_is_rejected(byte[] file)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["f"], file);

        Assert.Equal("safetensors-invalid", Assert.Throws<InputRejectedException>(() => new SafetensorsReader(folder["f"])).Rule);
    }

    private static void Write(string path, string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(path, [.. length, .. json, .. data]);
    }
}
