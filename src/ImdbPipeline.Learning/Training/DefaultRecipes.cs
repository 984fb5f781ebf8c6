using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.ScratchMini;

namespace ImdbPipeline.Learning.Training;

/// <summary>The recipe of a base model where the request leaves settings open.</summary>
public static class DefaultRecipes
{
    public static Recipe For(string baseModel, DatasetManifest dataset) =>
        baseModel == BaseModel.ScratchMini ? ScratchMiniRecipe.For(dataset) : Recipe.Notebook;
}
