using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.ScratchMini;

/// <summary>Default recipe for <c>scratch-mini</c>.</summary>
internal static class ScratchMiniRecipe
{
    private const int BatchSize = 32;
    private const int MaxEpochs = 12;

    /// <summary>On the Large Movie Review Dataset, a third epoch gives another half of a percent; one does not beat the linear baseline.</summary>
    private const int MinEpochs = 3;

    /// <summary>Small datasets get more epochs, up to about this many examples in total.</summary>
    private const int ExamplesSeen = 30_000;

    /// <param name="teacher">As requested; null for the default.</param>
    public static Recipe For(DatasetManifest manifest, string? teacher)
    {
        var texts = Math.Max(1, manifest.Shards.Where(shard => shard.Split == Split.Train || (shard.Split == Split.Unsup && teacher != Recipe.NoTeacher)).Sum(shard => shard.Rows));
        var epochs = Math.Clamp((ExamplesSeen + texts - 1) / texts, MinEpochs, MaxEpochs);
        return new Recipe
        {
            Epochs = epochs,
            BatchSize = BatchSize,
            EvalBatchSize = 64,
            LearningRate = 2e-3,
            WarmupRatio = 0.05,
            MaxLength = ScratchMiniConfig.MaxPositions,
            Teacher = Recipe.NgramTeacher,
            // Reviews state their verdict at the beginning and end, with the plot in between.
            Truncation = Truncation.HeadTail,
        };
    }
}
