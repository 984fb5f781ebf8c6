using System.Collections.Concurrent;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Produces a sequence on a background thread, a few items ahead of the consumer.</summary>
internal static class ReadAhead
{
    // Few items are queued because each may be a megabyte; they are passed in batches because a handover costs more than a small item.
    private const int Batch = 16, Batches = 4;

    /// <exception cref="Exception">Whatever the source throws; the last few items before it are lost.</exception>
    public static IEnumerable<T> Of<T>(IEnumerable<T> source)
    {
        using var stop = new CancellationTokenSource();
        using var ahead = new BlockingCollection<T[]>(Batches);
        var producing = Task.Run(
            () =>
            {
                try
                {
                    foreach (var batch in source.Chunk(Batch))
                        ahead.Add(batch, stop.Token);
                }
                finally
                {
                    ahead.CompleteAdding();
                }
            },
            CancellationToken.None);
        try
        {
            foreach (var batch in ahead.GetConsumingEnumerable())
                foreach (var item in batch)
                    yield return item;
            producing.GetAwaiter().GetResult();
        }
        finally
        {
            // A consumer that stops early does not care how the producer ends.
            stop.Cancel();
            Task.WhenAny(producing).GetAwaiter().GetResult();
        }
    }
}
