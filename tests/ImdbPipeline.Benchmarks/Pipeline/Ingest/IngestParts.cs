using System.Diagnostics;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.Benchmarks.Pipeline.Ingest;

/// <summary>The part of the ingest stage that runs in a separate process: handling the blob event of an uploaded archive.</summary>
internal static class IngestParts
{
    public const string Ingest = "ingest";

    public static void Define() => MeasuredProcess.Define(Ingest, IngestAsync);

    private static async Task<double> IngestAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var storage = new PipelineStorage(new StorageOptions { ConnectionString = arguments[0] });
        using var handler = new IngestDatasetHandler(storage, TimeProvider.System, new IngestOptions(), NullLogger<IngestDatasetHandler>.Instance);
        var started = Stopwatch.GetTimestamp();
        await handler.HandleAsync(arguments[1], cancellationToken);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
