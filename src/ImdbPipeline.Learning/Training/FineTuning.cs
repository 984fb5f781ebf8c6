using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Checkpoints;

namespace ImdbPipeline.Learning.Training;

/// <summary>Makes a pre-trained encoder ready to be fine-tuned on the labelled reviews.</summary>
internal static class FineTuning
{
    public static async Task<PreparedTraining> PrepareAsync(
        IPreparedDataset dataset, BaseModel baseModel, Recipe recipe, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var manifest = dataset.Manifest;
        var files = ModelFiles.Read(baseModel.Folder!);
        var loaded = EncoderLoader.LoadBase(baseModel.Folder!, manifest.Labels, recipe.Seed);
        try
        {
            var positions = loaded.Encoder.Config.MaxPositions;
            var treatment = new TextTreatment(manifest.Settings.StripMarkup, Math.Min(recipe.MaxLength, positions), recipe.Truncation);
            var notes = recipe.MaxLength > positions ? [.. loaded.Notes, $"maxLength {recipe.MaxLength} lowered to the base's {positions} positions"] : loaded.Notes;
            VocabularyCheck.Refuse(baseModel.Name, files, loaded.Encoder.Config);
            var train = await new TokenSource(dataset, files.Vocabulary, progress)
                .LabelledAsync(Split.Train, ids => TokenTruncation.Truncate(ids, treatment.MaxLength, treatment.Truncation), cancellationToken);
            TokenSource.RefuseEmpty(train, manifest);
            var examples = train.TokenIds.Zip(train.Labels, (ids, label) => TrainingExample.Labelled(ids, label, manifest.Labels.Count)).ToArray();
            return new PreparedTraining(loaded.Encoder, files, treatment, examples, TrainingMethod.FineTuning, notes);
        }
        catch
        {
            loaded.Encoder.Dispose();
            throw;
        }
    }
}
