using System.Text.Json;
using System.Text.Json.Serialization;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Training;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Learning.Tests;

/// <summary>A model folder with <c>expected.json</c>: logits and a training trajectory from an independent PyTorch implementation.</summary>
public sealed record GoldenSet
{
    private const string Expected = "expected.json";

    private static readonly JsonSerializerOptions json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [JsonIgnore]
    public string Folder { get; init; } = "";

    public required GoldenInput[] Inputs { get; init; }

    public required float[][] ClsHiddenFirst4 { get; init; }

    public required float[][] Logits { get; init; }

    public required GoldenTraining Training { get; init; }

    /// <summary>This project's fixtures and all sets in the golden folder; if that is empty, a skipped row with the reason.</summary>
    public static IEnumerable<TheoryDataRow<string>> Folders()
    {
        string[] found = [.. In(SharedFiles.FindGolden(""))];
        foreach (var folder in In(Path.Combine(AppContext.BaseDirectory, "Fixtures")).Concat(found))
            yield return new(folder);
        if (found.Length == 0)
            yield return new("golden") { Skip = SharedFiles.GoldenMissing(Path.Combine("*", Expected)) };
    }

    private static IEnumerable<string> In(string? root) =>
        root is null ? [] : Directory.GetDirectories(root).Where(folder => File.Exists(Path.Combine(folder, Expected))).Order(StringComparer.Ordinal);

    public static GoldenSet Read(string folder) =>
        JsonSerializer.Deserialize<GoldenSet>(File.ReadAllBytes(Path.Combine(folder, Expected)), json)! with { Folder = folder };

    /// <summary>Loads the model for the trajectory: with the trajectory's dropout instead of the config's.</summary>
    public TrainableEncoder LoadToTrain()
    {
        var config = EncoderLoader.ReadConfig(Folder) with { Dropout = Training.Dropout, AttentionDropout = Training.Dropout, ClassifierDropout = Training.Dropout };
        var encoder = EncoderLoader.LoadBase(Folder, config, [], seed: 0).Encoder;
        encoder.Weights.To(TorchSharp.torch.CPU, requiresGradient: true);
        return encoder;
    }

    /// <summary>The batch of one step of the trajectory.</summary>
    public ClassificationBatch Batch(TrainableEncoder encoder, int step) => new(
        encoder,
        [
            .. Enumerable.Range(0, Training.BatchSize).Select(k => Inputs[(step * Training.BatchSize + k) % Inputs.Length])
                .Select(input => TrainingExample.Labelled(input.Ids, input.Label, encoder.Config.Labels.Count)),
        ]);
}

public sealed record GoldenInput(string Name, int Label, int[] Ids);

public sealed record GoldenTraining
{
    public required double ClipGradNorm { get; init; }

    public required double LearningRate { get; init; }

    public required int WarmupSteps { get; init; }

    public required int Steps { get; init; }

    public required int BatchSize { get; init; }

    public required double LayerwiseLrDecay { get; init; }

    public double Dropout { get; init; }

    public required double[] LearningRates { get; init; }

    public required double[] Losses { get; init; }

    public required double[] GradNormsBeforeClip { get; init; }

    public required float[][] LogitsAfter { get; init; }

    [JsonIgnore]
    public Recipe Recipe => new()
    {
        LearningRate = LearningRate,
        WarmupSteps = WarmupSteps,
        LayerwiseLrDecay = LayerwiseLrDecay,
        BatchSize = BatchSize,
        MaxGradNorm = ClipGradNorm,
    };
}
