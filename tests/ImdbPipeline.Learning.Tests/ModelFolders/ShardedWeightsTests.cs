using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Tests.Encoders;
using ImdbPipeline.Testing;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.ModelFolders;

public sealed class ShardedWeightsTests
{
    private const string First = "model-00001-of-00002.safetensors";
    private const string Second = "model-00002-of-00002.safetensors";
    private const string Misplaced = "distilbert.embeddings.LayerNorm.bias";

    [Fact]
    public void Sharded_weights_are_read_through_their_index()
    {
        using var folder = new TemporaryFolder();
        var model = Sharded(folder, _ => { });
        var golden = GoldenSet.Read(model);

        using var encoder = EncoderLoader.LoadModel(model).Encoder;

        GoldenLogitsTests.AssertClose(golden.Logits, GoldenLogitsTests.Logits(encoder, golden.Inputs.Select(i => i.Ids)), 1e-5f);
    }

    [Fact]
    public void A_tensor_in_a_different_shard_than_the_index_lists_is_named_in_the_error()
    {
        using var folder = new TemporaryFolder();
        var model = Sharded(folder, map => map[Misplaced] = Second);

        Assert.Contains($"'{Misplaced}' in {First} instead of {Second}", AssertRejected(model));
    }

    [Fact]
    public void A_tensor_that_is_in_the_index_but_in_no_shard_is_named_in_the_error()
    {
        using var folder = new TemporaryFolder();
        var model = Sharded(folder, map => map["distilbert.embeddings.extra"] = Second);

        Assert.Contains($"'distilbert.embeddings.extra' in none instead of {Second}", AssertRejected(model));
    }

    [Fact]
    public void A_tensor_that_is_in_a_shard_but_not_in_the_index_is_named_in_the_error()
    {
        using var folder = new TemporaryFolder();
        var model = Sharded(folder, map => map.Remove(Misplaced));

        Assert.Contains($"'{Misplaced}' in {First}, which is not in the index", AssertRejected(model));
    }

    [Fact]
    public void A_missing_shard_is_rejected()
    {
        using var folder = new TemporaryFolder();
        var model = Sharded(folder, _ => { });
        File.Delete(Path.Combine(model, Second));

        Assert.Equal("weights-missing", Assert.Throws<InputRejectedException>(() => EncoderLoader.LoadModel(model)).Rule);
    }

    [Theory]
    [InlineData("""not json""")]
    [InlineData("""{}""")]
    [InlineData("""{"weight_map":[]}""")]
    [InlineData("""{"weight_map":{"a":1}}""")]
    [InlineData("""{"weight_map":{"a":null}}""")]
    [InlineData("""{"weight_map":{"a":"model-00001-of-00002.safetensors","a":"model-00001-of-00002.safetensors"}}""")]
    public void An_invalid_index_is_rejected(string index)
    {
        using var folder = new TemporaryFolder();
        var model = Sharded(folder, _ => { });
        File.WriteAllText(Path.Combine(model, CheckpointTensors.IndexFile), index);

        AssertRejected(model);
    }

    [Fact]
    public void An_index_that_points_outside_its_folder_is_rejected()
    {
        using var folder = new TemporaryFolder();
        var model = folder.CopyOf("distilbert-nano");
        File.Move(Path.Combine(model, "model.safetensors"), folder["outside.safetensors"]);
        File.WriteAllText(Path.Combine(model, "model.safetensors.index.json"), """{"weight_map":{"classifier.bias":"../outside.safetensors"}}""");

        Assert.Equal("weights-missing", Assert.Throws<InputRejectedException>(() => EncoderLoader.LoadModel(model)).Rule);
    }

    private static string AssertRejected(string model)
    {
        var e = Assert.Throws<InputRejectedException>(() => EncoderLoader.LoadModel(model));
        Assert.Equal("safetensors-invalid", e.Rule);
        return e.Message;
    }

    /// <summary>The nano model in two shards: the embeddings and the rest.</summary>
    private static string Sharded(TemporaryFolder folder, Action<Dictionary<string, string>> change)
    {
        using var scope = torch.NewDisposeScope();
        var model = folder.CopyOf("distilbert-nano");
        var single = Path.Combine(model, CheckpointTensors.File);
        Dictionary<string, torch.Tensor> all;
        using (var reader = new SafetensorsReader(single))
            all = reader.Tensors.Keys.ToDictionary(name => name, reader.Read);
        File.Delete(single);
        var map = all.Keys.ToDictionary(name => name, name => name.StartsWith("distilbert.embeddings") ? First : Second);
        foreach (var shard in all.GroupBy(tensor => map[tensor.Key]))
            SafetensorsWriter.Write(Path.Combine(model, shard.Key), shard.ToDictionary());
        change(map);
        File.WriteAllText(Path.Combine(model, CheckpointTensors.IndexFile), JsonSerializer.Serialize(new { weight_map = map }));
        return model;
    }
}
