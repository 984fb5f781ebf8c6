using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.ModelFolders;

public sealed class ModelFolderTests
{
    [Theory]
    [MemberData(nameof(GoldenSet.Folders), MemberType = typeof(GoldenSet))]
    public void Loading_and_saving_keeps_the_weights_byte_for_byte(string golden)
    {
        using var folder = new TemporaryFolder();
        Resave(golden, folder["once"]);
        Directory.CreateDirectory(folder["again"]);
        File.Copy(Path.Combine(golden, ModelFolder.ConfigFile), Path.Combine(folder["again"], ModelFolder.ConfigFile));
        File.Copy(folder["once"], Path.Combine(folder["again"], CheckpointTensors.File));
        Resave(folder["again"], folder["twice"]);

        var original = Path.Combine(golden, CheckpointTensors.File);
        Assert.Equal(TensorBytes(original), TensorBytes(folder["once"]));
        Assert.Equal(File.ReadAllBytes(folder["once"]), File.ReadAllBytes(folder["twice"]));
        if (HasReferenceLayout(original))
            Assert.Equal(File.ReadAllBytes(original), File.ReadAllBytes(folder["once"]));
    }

    [Theory]
    [MemberData(nameof(GoldenSet.Folders), MemberType = typeof(GoldenSet))]
    public void Reading_and_rewriting_a_model_folder_keeps_all_files_identical(string golden)
    {
        using var folder = new TemporaryFolder();
        using (var model = EncoderLoader.LoadModel(golden).Encoder)
        {
            var files = new ModelFiles(
                File.ReadAllBytes(Path.Combine(golden, ModelFolder.ConfigFile)), TokenizerJson.FromVocabulary("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\né\n"u8));
            ModelFolderWriter.Write(folder["once"], model, files, State(), blend: null);
        }

        using (var model = EncoderLoader.LoadModel(folder["once"]).Encoder)
            ModelFolderWriter.Write(folder["twice"], model, ModelFiles.Read(folder["once"]), TrainerState.Read(folder["once"])!, blend: null);

        string[] files1 = Names(folder["once"]), files2 = Names(folder["twice"]);
        Assert.Equal(["README.md", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "trainer_state.json", "vocab.txt"], files1);
        Assert.Equal(files1, files2);
        Assert.All(files1, name => Assert.Equal(File.ReadAllBytes(Path.Combine(folder["once"], name)), File.ReadAllBytes(Path.Combine(folder["twice"], name))));
    }

    [Theory]
    [InlineData("F16", torch.ScalarType.Float16, "torch_dtype")]
    [InlineData("BF16", torch.ScalarType.BFloat16, "dtype")]
    public void A_half_precision_model_with_a_position_buffer_is_saved_as_float32(string type, torch.ScalarType scalars, string configField)
    {
        using var folder = new TemporaryFolder();
        using var scope = torch.NewDisposeScope();
        var path = folder.CopyOf("distilbert-nano");
        var weights = Path.Combine(path, CheckpointTensors.File);
        Dictionary<string, torch.Tensor> half;
        using (var reader = new SafetensorsReader(weights))
            half = reader.Tensors.Keys.ToDictionary(name => name, name => reader.Read(name).to(scalars));
        WriteHalf(weights, type, half);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(path, ModelFolder.ConfigFile)))!;
        config[configField] = "float16";

        using var loaded = EncoderLoader.LoadModel(path).Encoder;
        ModelFolderWriter.Write(folder["saved"], loaded, new ModelFiles(Encoding.UTF8.GetBytes(config.ToJsonString()), TokenizerJson.FromVocabulary("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"u8)), State(), blend: null);
        using var saved = EncoderLoader.LoadModel(folder["saved"]).Encoder;

        Assert.Equal(half.Keys.Order(), saved.Weights.Tensors.Keys.Order());
        foreach (var (name, tensor) in saved.Weights.Tensors)
            Assert.True(tensor.Equals(half[name].to(torch.ScalarType.Float32)), name);
        Assert.Equal("float32", (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(folder["saved"], ModelFolder.ConfigFile)))![configField]);
    }

    [Fact]
    public void A_saved_model_says_what_it_was_trained_for_and_not_what_its_base_was()
    {
        using var folder = new TemporaryFolder();
        var path = folder.CopyOf("bert-nano");
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(path, ModelFolder.ConfigFile)))!;
        config["problem_type"] = "regression";
        config["num_labels"] = 1;
        var tokenizer = TokenizerJson.FromVocabulary([.. Vocabulary.SpecialTokens, "Film"], new BertSettings { Lowercase = false }, "vocab.txt");
        using var loaded = EncoderLoader.LoadModel(path).Encoder;

        ModelFolderWriter.Write(
            folder["saved"], loaded, new ModelFiles(Encoding.UTF8.GetBytes(config.ToJsonString()), tokenizer), State() with { Treatment = new TextPreprocessing(true, 24, Truncation.Tail) }, blend: null);

        var saved = Json(ModelFolder.ConfigFile);
        Assert.Equal("single_label_classification", (string?)saved["problem_type"]);
        Assert.Null(saved["num_labels"]);
        Assert.Equal((24, "Left"), ((int)Json("tokenizer.json")["truncation"]!["max_length"]!, (string?)Json("tokenizer.json")["truncation"]!["direction"]));
        Assert.Equal((24, "left"), ((int)Json("tokenizer_config.json")["model_max_length"]!, (string?)Json("tokenizer_config.json")["truncation_side"]));
        // Transformers takes the whole tokenizer from tokenizer.json for this class only.
        Assert.Equal("PreTrainedTokenizerFast", (string?)Json("tokenizer_config.json")["tokenizer_class"]);
        var files = ModelFiles.Read(folder["saved"]);
        Assert.True(files.Tokenizer.RemovesMarkup);
        Assert.Equal(5, files.Tokenizer.Tokenizer.Encode("Film")[1]);
        Assert.Equal(1, files.Tokenizer.Tokenizer.Encode("film")[1]);

        JsonNode Json(string file) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder["saved"], file)))!;
    }

    [Theory]
    [InlineData(Truncation.Head, false, "Transformers gives the same scores as `imdb score`.")]
    [InlineData(Truncation.Tail, false, "Transformers gives the same scores as `imdb score`.")]
    [InlineData(Truncation.HeadTail, false, "Of texts longer than 40 tokens it reads only the beginning")]
    [InlineData(Truncation.Head, true, "It reads only the first 12 tokens of a text")]
    public void The_card_says_what_other_programs_cannot_know(Truncation truncation, bool hasFractions, string expected)
    {
        using var folder = new TemporaryFolder();
        using var loaded = EncoderLoader.LoadModel(folder.CopyOf("bert-nano")).Encoder;
        var config = loaded.Config with { Fractions = hasFractions ? new Fractions(FractionPooling.Mean, 12) : null };

        var tokenizer = TokenizerJson.FromVocabulary(Vocabulary.SpecialTokens, new BertSettings(), "vocab.txt");
        var card = ModelCard.Of(State() with { Treatment = new TextPreprocessing(true, 40, truncation) }, config, tokenizer, blend: null);

        Assert.Contains(expected, card);
        Assert.Contains("- 1 epoch, batch 16", card);
    }

    private static void Resave(string folder, string path)
    {
        using var model = EncoderLoader.LoadModel(folder).Encoder;
        SafetensorsWriter.Write(path, model.Weights.Tensors);
    }

    private static string[] Names(string folder) => [.. Directory.GetFiles(folder).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    private static SortedDictionary<string, string> TensorBytes(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var header = SafetensorsHeader.Read(new MemoryStream(bytes), bytes.Length, path);
        return new(header.Tensors.ToDictionary(
            tensor => tensor.Key,
            tensor => $"{tensor.Value.Type} {Convert.ToHexString(bytes, (int)(header.DataStart + tensor.Value.Begin), (int)(tensor.Value.End - tensor.Value.Begin))}"));
    }

    /// <summary>Whether the file has the reference library's layout: compact JSON, metadata first, tensors sorted by name.</summary>
    private static bool HasReferenceLayout(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var header = SafetensorsHeader.Read(new MemoryStream(bytes), bytes.Length, path);
        return bytes.AsSpan(8).StartsWith("{\"__metadata__\":{\"format\":\"pt\"},\""u8)
            && header.Tensors.Values.OrderBy(tensor => tensor.Begin).Select(tensor => tensor.Name).SequenceEqual(header.Tensors.Keys.Order(StringComparer.Ordinal));
    }

    private static void WriteHalf(string path, string type, Dictionary<string, torch.Tensor> tensors)
    {
        var header = new JsonObject
        {
            ["distilbert.embeddings.position_ids"] = new JsonObject { ["dtype"] = "I64", ["shape"] = new JsonArray(1, 2), ["data_offsets"] = new JsonArray(0, 16) },
        };
        var data = new MemoryStream();
        data.Write([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
        foreach (var (name, tensor) in tensors)
        {
            var begin = data.Length;
            data.Write(tensor.bytes);
            header[name] = new JsonObject
            {
                ["dtype"] = type,
                ["shape"] = new JsonArray([.. tensor.shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(begin, data.Length),
            };
        }

        var json = Encoding.UTF8.GetBytes(header.ToJsonString());
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(path, [.. length, .. json, .. data.ToArray()]);
    }

    private static TrainerState State() => new()
    {
        BaseModel = "some/Tiny_base",
        Dataset = "tiny/1",
        Run = "20260102-030405-abc",
        Recipe = Recipe.Notebook with { LearningRate = 0.1 + 0.2, MaxMinutes = 1.5, LayerwiseLrDecay = 0.95 },
        Treatment = new TextPreprocessing(true, 40, Truncation.HeadTail),
        GlobalStep = 1,
        MaxSteps = 3,
        Metrics = new Dictionary<string, double> { ["validationAccuracy"] = 2 / 3.0, ["testAccuracy"] = 1e-9 },
        Confusion = new Dictionary<string, IReadOnlyList<IReadOnlyList<int>>> { ["test"] = [[1, 2], [3, 4]] },
        LogHistory = [new MetricsLine(1, 1 / 3.0, 0.5, 5e-5, null, 1, 0.25)],
        Notes = ["not in the base model, so trained from scratch: <classifier.weight> & 'é'"],
    };
}
