using System.Collections.Concurrent;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Produces a sequence on a thread of its own, a few items ahead of whoever uses them.</summary>
internal static class ReadAhead
{
    // Items may be a megabyte each, so few of them; in batches, because handing over costs more than a small item.
    private const int Batch = 16, Batches = 4;

    /// <exception cref="Exception">What the source throws; the last few items before that are lost.</exception>
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
            // Whoever stops early has a reason of their own: how the producer ends then is no matter.
            stop.Cancel();
            Task.WhenAny(producing).GetAwaiter().GetResult();
        }
    }
}
