using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Tests.Encoders;
using ImdbPipeline.Testing;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.ModelFolders;

public sealed class EncoderLoaderTests
{
    [Theory]
    [InlineData("distilbert-nano", "distilbert.")]
    [InlineData("bert-nano", "bert.")]
    public void A_bare_encoder_gets_a_head_initialised_from_the_seed(string fixture, string prefix)
    {
        using var folder = new TemporaryFolder();
        var model = folder.CopyOf(fixture);
        Rewrite(model, tensors => tensors.Where(t => t.Key.StartsWith(prefix)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value));

        var one = LoadBase(model, ["a", "b", "c"], seed: 5);
        var same = LoadBase(model, ["a", "b", "c"], seed: 5);
        var other = LoadBase(model, ["a", "b", "c"], seed: 6);

        Assert.Contains("classifier.weight", Assert.Single(one.Notes));
        var ids = Enumerable.Range(101, 7).ToArray();
        foreach (var (name, tensor) in one.Encoder.Weights.Tensors)
            Assert.True(tensor.Equals(same.Encoder.Weights[name]), name);
        Assert.NotEqual(GoldenLogitsTests.Logits(one.Encoder, [ids]), GoldenLogitsTests.Logits(other.Encoder, [ids]));
        Assert.Equal(3, GoldenLogitsTests.Logits(one.Encoder, [ids])[0].Length);
    }

    [Fact]
    public void The_head_of_a_masked_language_model_is_dropped_and_noted()
    {
        using var folder = new TemporaryFolder();
        var model = folder.CopyOf("distilbert-nano");
        Rewrite(model, tensors => tensors.Where(t => t.Key.StartsWith("distilbert.")).Append(new("vocab_projector.bias", torch.zeros(300))).ToDictionary());

        var notes = LoadBase(model, ["neg", "pos"], seed: 1).Notes;

        Assert.Contains(notes, note => note.Contains("trained from scratch") && note.Contains("pre_classifier.weight"));
        Assert.Contains(notes, note => note.Contains("not used: vocab_projector.bias"));
    }

    [Fact]
    public void A_classifier_is_kept_for_the_same_labels_in_the_same_order_only()
    {
        using var folder = new TemporaryFolder();
        var model = folder.CopyOf("distilbert-nano");
        using var stored = EncoderLoader.LoadModel(model).Encoder;
        var config = EncoderLoader.ReadConfig(model);

        Assert.True(Kept(config));
        Assert.True(Kept(config with { Layers = 1 }));
        Assert.False(Kept(config with { Labels = ["pos", "neg"] }));
        Assert.False(Kept(config with { Labels = ["LABEL_0", "LABEL_1"] }));
        Assert.False(Kept(config with { ProblemType = ProblemType.MultiLabelClassification }));

        bool Kept(EncoderConfig wanted)
        {
            var loaded = EncoderLoader.LoadBase(model, wanted, [], seed: 1);
            using var encoder = loaded.Encoder;
            var isKept = encoder.Weights["classifier.weight"].Equals(stored.Weights["classifier.weight"]);
            Assert.Equal(!isKept, loaded.Notes.Any(note => note.Contains("not in the base model, so trained from scratch: classifier.weight, classifier.bias")));
            Assert.True(encoder.Weights["pre_classifier.weight"].Equals(stored.Weights["pre_classifier.weight"]));
            return isKept;
        }
    }

    [Fact]
    public void Legacy_layer_norm_names_are_supported()
    {
        using var folder = new TemporaryFolder();
        var model = folder.CopyOf("bert-nano");
        Rewrite(model, tensors => tensors.ToDictionary(t => t.Key.Replace("LayerNorm.weight", "LayerNorm.gamma").Replace("LayerNorm.bias", "LayerNorm.beta"), t => t.Value));
        var golden = GoldenSet.Read(model);

        using var encoder = EncoderLoader.LoadModel(model).Encoder;

        GoldenLogitsTests.AssertClose(golden.Logits, GoldenLogitsTests.Logits(encoder, golden.Inputs.Select(i => i.Ids)), 1e-5f);
    }

    [Fact]
    public void A_missing_tensor_is_named_in_the_error()
    {
        using var folder = new TemporaryFolder();
        var model = folder.CopyOf("distilbert-nano");
        Rewrite(model, tensors => tensors.Where(t => t.Key != "distilbert.transformer.layer.1.ffn.lin2.bias").ToDictionary());

        var e = Assert.Throws<InputRejectedException>(() => LoadBase(model, ["neg", "pos"], seed: 1));

        Assert.Equal("tensor-missing", e.Rule);
        Assert.Contains("distilbert.transformer.layer.1.ffn.lin2.bias", e.Message);
    }

    [Fact]
    public void A_trained_model_without_its_head_is_rejected()
    {
        using var folder = new TemporaryFolder();
        var model = folder.CopyOf("distilbert-nano");
        Rewrite(model, tensors => tensors.Where(t => !t.Key.StartsWith("classifier")).ToDictionary());

        Assert.Contains("classifier.weight", Assert.Throws<InputRejectedException>(() => EncoderLoader.LoadModel(model)).Message);
    }

    [Fact]
    public void A_tensor_with_the_wrong_shape_is_named_with_both_shapes()
    {
        using var folder = new TemporaryFolder();
        var model = folder.CopyOf("bert-nano");
        Rewrite(model, tensors => tensors.ToDictionary(t => t.Key, t => t.Key == "bert.encoder.layer.0.intermediate.dense.weight" ? torch.zeros(48, 31) : t.Value));

        var e = Assert.Throws<InputRejectedException>(() => EncoderLoader.LoadModel(model));

        Assert.Equal("tensor-shape", e.Rule);
        Assert.Contains("bert.encoder.layer.0.intermediate.dense.weight", e.Message);
        Assert.Contains("[48, 32]", e.Message);
        Assert.Contains("[48, 31]", e.Message);
    }

    [Fact]
    public void An_unknown_tensor_is_named_in_the_error()
    {
        using var folder = new TemporaryFolder();
        var model = folder.CopyOf("bert-nano");
        Rewrite(model, tensors => tensors.Append(new("bert.encoder.layer.2.output.dense.bias", torch.zeros(32))).ToDictionary());

        var e = Assert.Throws<InputRejectedException>(() => EncoderLoader.LoadModel(model));

        Assert.Equal("tensor-unknown", e.Rule);
        Assert.Contains("bert.encoder.layer.2.output.dense.bias", e.Message);
    }

    [Fact]
    public void Pickled_weights_are_rejected()
    {
        using var folder = new TemporaryFolder();
        var model = folder.CopyOf("bert-nano");
        File.Move(Path.Combine(model, "model.safetensors"), Path.Combine(model, "pytorch_model.bin"));

        var e = Assert.Throws<InputRejectedException>(() => EncoderLoader.LoadModel(model));

        Assert.Contains("pickled", e.Message);
    }

    private static LoadedEncoder LoadBase(string model, string[] labels, int seed) =>
        EncoderLoader.LoadBase(model, EncoderLoader.ReadConfig(model) with { Labels = labels }, [], seed);

    private static void Rewrite(string model, Func<Dictionary<string, torch.Tensor>, IReadOnlyDictionary<string, torch.Tensor>> change)
    {
        var path = Path.Combine(model, "model.safetensors");
        Dictionary<string, torch.Tensor> tensors;
        using (var reader = new SafetensorsReader(path))
            tensors = reader.Tensors.Keys.ToDictionary(name => name, reader.Read);
        SafetensorsWriter.Write(path, change(tensors));
    }
}
