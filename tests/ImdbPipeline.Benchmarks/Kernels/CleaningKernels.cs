using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using ImdbPipeline.Benchmarks.Pipeline;
using ImdbPipeline.Core.Preparing;

namespace ImdbPipeline.Benchmarks.Kernels;

/// <summary>Markup and runs of white space out of real reviews.</summary>
[MemoryDiagnoser]
public partial class CleaningKernels
{
    private string[] reviews = [];

    [GlobalSetup]
    public void Prepare() => reviews = [.. RealArchive.Reviews().Take(200)];

    /// <summary>As notebooks do it: any tag, then any white space.</summary>
    [Benchmark(Baseline = true)]
    public int TwoExpressions() => reviews.Sum(review => Blanks().Replace(Tags().Replace(review, " "), " ").Trim().Length);

    [Benchmark]
    public int Own() => reviews.Sum(review => ReviewCleaner.Clean(review).Length);

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
