using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Fuzzing;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Fuzzing;

[Slow]
public sealed class FuzzTests : IDisposable
{
    private static readonly string[] JsonTokens = ["{", "}", "[", "]", ":", ",", "\"", "null", "true", "-1", "1e999", "\\ud800"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Safetensors()
    {
        var intact = folder["intact.safetensors"];
        using (torch.NewDisposeScope())
            SafetensorsWriter.Write(intact, new Dictionary<string, torch.Tensor> { ["a"] = torch.ones(2, 3), ["b"] = torch.arange(4) }, new Dictionary<string, string> { ["format"] = "pt" });
        await new FuzzTrial("safetensors", 10_000).RunAsync(
            [await File.ReadAllBytesAsync(intact, TestContext.Current.CancellationToken)], [.. JsonTokens, "\"dtype\":\"F32\"", "\"I64\"", "\"BF16\"", "\"shape\":[", "\"data_offsets\":[", "__metadata__"],
            input =>
            {
                using var scope = torch.NewDisposeScope();
                using var reader = new SafetensorsReader(folder.Write("x.safetensors", input));
                foreach (var name in reader.Tensors.Keys)
                    Assert.True(reader.Read(name).numel() >= 0);
            });
    }

    [Theory]
    [InlineData("distilbert-nano")]
    [InlineData("bert-nano")]
    public async Task Configs(string model)
    {
        var intact = await File.ReadAllBytesAsync(Path.Combine(folder.CopyOf(model), ModelFolder.ConfigFile), TestContext.Current.CancellationToken);
        await new FuzzTrial($"{model} config.json", 10_000).RunAsync(
            [intact], [.. JsonTokens, "\"model_type\"", "\"bert\"", "\"id2label\"", "\"label2id\"", "\"problem_type\"", "\"hidden_act\"", "\"vocab_size\"", "\"max_position_embeddings\""],
            input => Assert.NotEmpty(EncoderConfig.Parse(input, ModelFolder.ConfigFile).Labels));
    }

    [Fact]
    public async Task Training_states()
    {
        byte[] intact =
            """
            {"baseModel":"minilm","dataset":"d/v","recipe":{},"treatment":{"stripMarkup":true,"maxLength":256,"truncation":"headTail"},"globalStep":1,"maxSteps":1,"metrics":{},"confusion":{},"logHistory":[],"notes":[]}
            """u8.ToArray();
        await new FuzzTrial("trainer_state.json", 10_000).RunAsync([intact, """{"log_history":[],"global_step":3}"""u8.ToArray()], [.. JsonTokens, "\"temperature\":", "\"treatment\"", "\"metrics\""], input =>
        {
            folder.Write(ModelFolder.TrainerStateFile, input);
            TrainerState.Read(folder.Path);
        });
    }
}
