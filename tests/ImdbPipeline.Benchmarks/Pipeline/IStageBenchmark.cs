namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>Measures one stage of the pipeline against a peer, side by side in one run.</summary>
internal interface IStageBenchmark
{
    string Name { get; }

    Task RunAsync(Figures figures, CancellationToken cancellationToken);
}
