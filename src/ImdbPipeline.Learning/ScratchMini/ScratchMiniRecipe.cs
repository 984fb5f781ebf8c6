using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Learning.ScratchMini;

/// <summary>The recipe of the encoder that is trained from nothing.</summary>
public static class ScratchMiniRecipe
{
    private const int BatchSize = 32;
    private const int MostEpochs = 12;

    /// <summary>One is not enough to pass the linear baseline on the Large Movie Review Dataset, two are.</summary>
    private const int LeastEpochs = 2;

    /// <summary>A small data set is gone through several times, until about this many reviews were seen.</summary>
    private const int ReviewsSeen = 30_000;

    public static Recipe For(DatasetManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var reviews = Math.Max(1, manifest.Shards.Where(shard => shard.Split is Split.Train or Split.Unsup).Sum(shard => shard.Rows));
        var epochs = Math.Clamp((ReviewsSeen + reviews - 1) / reviews, LeastEpochs, MostEpochs);
        var steps = epochs * (reviews + BatchSize - 1) / BatchSize;
        return new Recipe
        {
            Epochs = epochs,
            BatchSize = BatchSize,
            EvalBatchSize = 64,
            LearningRate = 2e-3,
            WarmupSteps = steps / 20,
            MaxLength = ScratchMiniConfig.MaxPositions,
            // Reviews open and end with the verdict; the plot is in between.
            Truncation = Truncation.HeadTail,
        };
    }
}
