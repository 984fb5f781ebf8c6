using ImdbPipeline.Benchmarks.Pipeline.Ingest;
using ImdbPipeline.Benchmarks.Pipeline.ScaleOut;
using ImdbPipeline.Benchmarks.Pipeline.Scoring;
using ImdbPipeline.Benchmarks.Pipeline.Tokenizing;
using ImdbPipeline.Benchmarks.Pipeline.Training;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>The verb <c>pipeline</c>: all stages, or those named, briefly or with <c>--full</c>.</summary>
internal static class PipelineBenchmarks
{
    private const string Full = "--full";

    private static readonly IStageBenchmark[] all = [new TokenizingStage(), new IngestStage(), new ScoringStage(), new TrainingStage(), new ScaleOutStage()];

    public static async Task<int> RunAsync(string[] arguments)
    {
        var names = arguments.Where(argument => argument != Full).ToArray();
        if (names.FirstOrDefault(name => all.All(stage => stage.Name != name)) is { } unknown)
        {
            Console.Error.WriteLine($"pipeline: expected stages of {string.Join(", ", all.Select(stage => stage.Name))}, found {unknown}. {Full} measures all of a stage.");
            return 2;
        }

        var figures = new Figures();
        foreach (var stage in all.Where(stage => names.Length == 0 || names.Contains(stage.Name)))
            await stage.RunAsync(figures, full: names.Length < arguments.Length, CancellationToken.None);
        figures.Print();
        return 0;
    }

    /// <summary>What stages run in processes of their own.</summary>
    public static void DefineParts()
    {
        IngestParts.Define();
        ScaleOutParts.Define();
        ScoringParts.Define();
        TrainingParts.Define();
    }
}
