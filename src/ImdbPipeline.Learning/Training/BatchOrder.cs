using ImdbPipeline.Learning.Foundation;

namespace ImdbPipeline.Learning.Training;

/// <summary>
/// The examples of each batch of an epoch: shuffled, sorted by length within pools of batches, then the batches are shuffled.
/// Depends only on the seed and the epoch.
/// </summary>
public static class BatchOrder
{
    private const int BatchesPerPool = 50;

    /// <param name="lengths">Number of tokens in each example.</param>
    public static int[][] Of(IReadOnlyList<int> lengths, int batchSize, int seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        var random = Seeds.Random(seed, "order", epoch);
        var order = Enumerable.Range(0, lengths.Count).ToArray();
        random.Shuffle(order);
        var batches = order.Chunk(batchSize * BatchesPerPool).SelectMany(pool => pool.OrderBy(i => lengths[i]).Chunk(batchSize)).ToArray();
        random.Shuffle(batches);
        return batches;
    }
}
