using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;

namespace ImdbPipeline.Learning.Training;

/// <summary>Applies a recipe to a base model: number of layers, row length and text treatment.</summary>
public static class ModelShape
{
    /// <param name="config">Config of the base model.</param>
    /// <exception cref="InputRejectedException">The base model has no such layer.</exception>
    public static EncoderConfig Of(EncoderConfig config, Recipe recipe, DatasetManifest manifest) => config with
    {
        Labels = manifest.Labels,
        ProblemType = ProblemType.SingleLabelClassification,
        Layers = Layers(config, recipe),
        Fractions = recipe.Hierarchical == FractionPooling.None ? null : new Fractions(recipe.Hierarchical, RowLength(config, recipe)),
    };

    /// <param name="config">Config of the model to be trained.</param>
    public static TextPreprocessing Treatment(EncoderConfig config, Recipe recipe, DatasetManifest manifest) => config.Fractions is { } fractions
        ? new TextPreprocessing(manifest.Settings.StripMarkup, TokenFractions.MaxLength(fractions.Length), Truncation.Head)
        : new TextPreprocessing(manifest.Settings.StripMarkup, RowLength(config, recipe), recipe.Truncation);

    /// <summary>Notes for the model card.</summary>
    public static IEnumerable<string> Notes(EncoderConfig baseConfig, EncoderConfig config, Recipe recipe)
    {
        if (recipe.MaxLength > config.MaxPositions)
            yield return $"maxLength reduced from {recipe.MaxLength} to {config.MaxPositions}, the max positions of the base model";
        if (config.Layers < baseConfig.Layers)
            yield return $"the classifier uses layer {config.Layers} of {baseConfig.Layers}; higher layers were removed";
        if (config.Fractions is { } fractions)
            yield return $"long texts are split into at most {TokenFractions.MaxRows} fractions of {fractions.Length} tokens ({fractions.Pooling} pooling)";
    }

    private static int Layers(EncoderConfig config, Recipe recipe) =>
        recipe.ClassifierLayer is not { } layer || layer <= config.Layers
            ? recipe.ClassifierLayer ?? config.Layers
            : throw new InputRejectedException(
                ErrorRules.SettingOutOfRange, "setting classifierLayer", $"a layer of the base model from 1 to {config.Layers}", $"{layer}", "Correct the retrain message or option.");

    private static int RowLength(EncoderConfig config, Recipe recipe) => Math.Min(recipe.MaxLength, config.MaxPositions);
}
