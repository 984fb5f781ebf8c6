using ImdbPipeline.Benchmarks.Pipeline.Ingest;
using ImdbPipeline.Benchmarks.Pipeline.ScaleOut;
using ImdbPipeline.Benchmarks.Pipeline.Scoring;
using ImdbPipeline.Benchmarks.Pipeline.Tokenizing;
using ImdbPipeline.Benchmarks.Pipeline.Training;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>The command <c>pipeline</c>: runs all stages or the given ones, briefly or in full.</summary>
internal static class PipelineBenchmarks
{
    private const string Full = "--full";

    private static readonly IStageBenchmark[] all = [new TokenizingStage(), new IngestStage(), new ScoringStage(), new TrainingStage(), new ScaleOutStage()];

    public static async Task<int> RunAsync(string[] arguments)
    {
        var names = arguments.Where(argument => argument != Full).ToArray();
        if (names.FirstOrDefault(name => all.All(stage => stage.Name != name)) is { } unknown)
        {
            Console.Error.WriteLine($"pipeline: expected stages from {string.Join(", ", all.Select(stage => stage.Name))}, found {unknown}. Correct the stage; {Full} runs the complete benchmarks.");
            return 2;
        }

        var figures = new BenchmarkReport();
        foreach (var stage in all.Where(stage => names.Length == 0 || names.Contains(stage.Name)))
            await stage.RunAsync(figures, full: names.Length < arguments.Length, CancellationToken.None);
        figures.Print();
        return 0;
    }

    /// <summary>Registers all parts that run in separate processes.</summary>
    public static void DefineParts()
    {
        IngestParts.Define();
        ScaleOutParts.Define();
        ScoringParts.Define();
        TrainingParts.Define();
    }
}
