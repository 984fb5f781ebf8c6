namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>Benchmarks one pipeline stage against an alternative, side by side in the same run.</summary>
internal interface IStageBenchmark
{
    string Name { get; }

    /// <param name="full">Whether to run everything; otherwise the benchmark takes about a minute.</param>
    Task RunAsync(BenchmarkReport figures, bool full, CancellationToken cancellationToken);
}
