using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using ImdbPipeline.Benchmarks.Pipeline;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Benchmarks.Kernels;

/// <summary>Removes markup and repeated white space from real reviews.</summary>
[MemoryDiagnoser]
public partial class CleaningKernels
{
    private string[] reviews = [];

    [GlobalSetup]
    public void Prepare() => reviews = [.. RealArchive.Reviews().Take(200)];

    /// <summary>The usual notebook method: one regular expression for tags, one for white space.</summary>
    [Benchmark(Baseline = true)]
    public int TwoRegexes() => reviews.Sum(review => WhiteSpace().Replace(Tags().Replace(review, " "), " ").Trim().Length);

    [Benchmark]
    public int ThisProject() => reviews.Sum(review => TextCleaner.Clean(review).Length);

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
