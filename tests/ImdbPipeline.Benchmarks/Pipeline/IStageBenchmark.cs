namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>Measures one stage of the pipeline against a peer, side by side in one run.</summary>
internal interface IStageBenchmark
{
    string Name { get; }

    /// <param name="full">With everything that takes long; otherwise about a minute of it.</param>
    Task RunAsync(Figures figures, bool full, CancellationToken cancellationToken);
}
