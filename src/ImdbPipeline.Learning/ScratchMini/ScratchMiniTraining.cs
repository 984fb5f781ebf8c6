using ImdbPipeline.Core;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.ScratchMini;

/// <summary>Makes an encoder ready that knows nothing but the data set: its vocabulary, its labelled and unlabelled reviews.</summary>
internal static class ScratchMiniTraining
{
    public static async Task<PreparedTraining> PrepareAsync(
        IPreparedDataset dataset, Recipe recipe, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var manifest = dataset.Manifest;
        var vocabulary = await dataset.ReadVocabularyAsync(cancellationToken);
        var pieces = System.Text.Encoding.UTF8.GetString(vocabulary).TrimEnd('\n').Split('\n');
        var files = new ModelFiles(ScratchMiniConfig.Json(pieces.Length, manifest.Labels), vocabulary);
        var config = EncoderConfig.Parse(files.Config, "config.json");
        var treatment = new TextTreatment(manifest.Settings.StripMarkup, Math.Min(recipe.MaxLength, config.MaxPositions), recipe.Truncation);
        var tokens = new TokenSource(dataset, vocabulary, progress);
        var train = await tokens.LabelledAsync(Split.Train, ids => ids, cancellationToken);
        TokenSource.RefuseEmpty(train, manifest);
        var mask = Array.IndexOf(pieces, "[MASK]");
        if (mask < 0)
            throw new InputRejectedException("vocabulary-special", "vocab.txt", "a [MASK] token", "none", "Ingest the archive again.");
        var method = new TrainingMethod { Beta2 = 0.98, Augmentation = new TokenAugmentation(256, 0.1, mask) };
        var examples = train.TokenIds.Zip(train.Labels, (ids, label) => TrainingExample.Labelled(ids, label, manifest.Labels.Count)).ToArray();
        return new PreparedTraining(new Encoder(EncoderWeights.Initialise(config, recipe.Seed)), files, treatment, examples, method, []);
    }
}
