using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Training;

namespace ImdbPipeline.Learning.ScratchMini;

/// <summary>The recipe of the encoder that is trained from nothing.</summary>
public static class ScratchMiniRecipe
{
    public static Recipe For(DatasetManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return new Recipe { Epochs = 3, BatchSize = 32, LearningRate = 1e-3, WarmupSteps = 50, MaxLength = 512, Truncation = Truncation.HeadTail };
    }
}
