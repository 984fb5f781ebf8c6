using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImdbPipeline.Learning.Tests;

/// <summary>A model folder with <c>expected.json</c>: logits and a training trajectory of an independent PyTorch implementation.</summary>
public sealed record GoldenSet
{
    private static readonly JsonSerializerOptions json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [JsonIgnore]
    public string Folder { get; init; } = "";

    public required GoldenInput[] Inputs { get; init; }

    public required float[][] ClsHiddenFirst4 { get; init; }

    public required float[][] Logits { get; init; }

    public required GoldenTraining Training { get; init; }

    /// <summary>The fixtures of this project and every set under <c>IMDB_GOLDEN</c> or <c>../shared/golden</c>.</summary>
    public static TheoryData<string> Folders()
    {
        string?[] roots = [Path.Combine(AppContext.BaseDirectory, "Fixtures"), Environment.GetEnvironmentVariable("IMDB_GOLDEN") ?? Shared()];
        return [.. roots.Where(Directory.Exists).SelectMany(root => Directory.GetDirectories(root!)).Where(folder => File.Exists(Path.Combine(folder, "expected.json"))).Order()];
    }

    public static GoldenSet Read(string folder) =>
        JsonSerializer.Deserialize<GoldenSet>(File.ReadAllBytes(Path.Combine(folder, "expected.json")), json)! with { Folder = folder };

    private static string? Shared()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var golden = Path.Combine(folder.FullName, "..", "shared", "golden");
            if (Directory.Exists(golden))
                return golden;
        }

        return null;
    }
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

    public required double[] LearningRates { get; init; }

    public required double[] Losses { get; init; }

    public required double[] GradNormsBeforeClip { get; init; }

    public required float[][] LogitsAfter { get; init; }
}
