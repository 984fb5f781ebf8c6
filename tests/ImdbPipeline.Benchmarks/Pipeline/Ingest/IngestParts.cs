using System.Diagnostics;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.Benchmarks.Pipeline.Ingest;

/// <summary>What the ingest stage runs in a process of its own: an uploaded archive, as its blob event would have it handled.</summary>
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
