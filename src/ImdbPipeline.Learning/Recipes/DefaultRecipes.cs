using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.ScratchMini;

namespace ImdbPipeline.Learning.Recipes;

/// <summary>Default settings for each base model.</summary>
public static class DefaultRecipes
{
    /// <summary>Random weights need pre-training first.</summary>
    private static readonly Recipe fromRandom = Recipe.Notebook with
    {
        FurtherPretraining = new FurtherPretraining { Epochs = 10, BatchSize = 64 },
    };

    public static Recipe For(string baseModel, DatasetManifest dataset) =>
        baseModel == BaseModel.ScratchMini ? ScratchMiniRecipe.For(dataset)
        : RandomBase.Is(baseModel) ? fromRandom
        : Recipe.Notebook;
}
