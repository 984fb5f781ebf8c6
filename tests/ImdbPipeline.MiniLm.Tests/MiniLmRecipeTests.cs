using ImdbPipeline.Core.Runs;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.MiniLm.Tests;

public sealed class MiniLmRecipeTests
{
    [Theory]
    [InlineData(null, 12, 0)]
    [InlineData(Recipe.NoTeacher, 12, 0)]
    [InlineData(Recipe.NgramTeacher, 2, 1)]
    public void Epochs_count_the_texts_that_are_learned(string? teacher, int epochs, int shortEpochs)
    {
        var recipe = new MiniLmBase().DefaultRecipe(new TinyDataset(train: 200, unlabelled: 2_000).Manifest, teacher);
        Assert.Equal((epochs, shortEpochs), (recipe.Epochs, recipe.ShortEpochs));
    }
}
