using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.Training;

/// <summary>What a recipe makes of a base: which layers it keeps, and how it reads reviews.</summary>
internal static class ModelShape
{
    /// <param name="config">The base's.</param>
    /// <exception cref="InputRejectedException">The base has no such layer.</exception>
    public static EncoderConfig Of(EncoderConfig config, Recipe recipe, DatasetManifest manifest) => config with
    {
        Labels = manifest.Labels,
        Layers = Layers(config, recipe),
        Fractions = recipe.Hierarchical == FractionPooling.None ? null : new Fractions(recipe.Hierarchical, RowLength(config, recipe)),
    };

    /// <param name="config">The model's.</param>
    public static TextTreatment Treatment(EncoderConfig config, Recipe recipe, DatasetManifest manifest) => config.Fractions is { } fractions
        ? new TextTreatment(manifest.Settings.StripMarkup, TokenFractions.MaxLength(fractions.Length), Truncation.Head)
        : new TextTreatment(manifest.Settings.StripMarkup, RowLength(config, recipe), recipe.Truncation);

    /// <summary>What a person should know.</summary>
    public static IEnumerable<string> Notes(EncoderConfig baseConfig, EncoderConfig config, Recipe recipe)
    {
        if (recipe.MaxLength > config.MaxPositions)
            yield return $"maxLength {recipe.MaxLength} lowered to the base's {config.MaxPositions} positions";
        if (config.Layers < baseConfig.Layers)
            yield return $"the classifier reads layer {config.Layers} of {baseConfig.Layers}; the layers above are left out";
        if (config.Fractions is { } fractions)
            yield return $"longer reviews are read whole, in at most {TokenFractions.Most} fractions of {fractions.Length} word pieces ({fractions.Pooling} pooling)";
    }

    private static int Layers(EncoderConfig config, Recipe recipe) =>
        recipe.ClassifierLayer is not { } layer || layer <= config.Layers
            ? recipe.ClassifierLayer ?? config.Layers
            : throw new InputRejectedException(
                "setting-out-of-range", "setting classifierLayer", $"a layer of the base from 1 to {config.Layers}", $"{layer}", "Correct the retrain message or option.");

    private static int RowLength(EncoderConfig config, Recipe recipe) => Math.Min(recipe.MaxLength, config.MaxPositions);
}
