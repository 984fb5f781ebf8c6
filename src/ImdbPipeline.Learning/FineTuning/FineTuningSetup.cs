using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>Prepares a pre-trained or randomly initialised encoder for fine-tuning.</summary>
internal static class FineTuningSetup
{
    /// <param name="loaded">Disposed if preparing fails.</param>
    public static async Task<PreparedTraining> PrepareAsync(
        string baseModel, ModelFiles files, LoadedEncoder loaded, TrainingMethod method, IPreparedDataset dataset, Recipe recipe,
        IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            var manifest = dataset.Manifest;
            var config = loaded.Encoder.Config;
            VocabularyCheck.Validate(baseModel, files, config);
            var treatment = ModelShape.Treatment(config, recipe, manifest);
            var tokens = new TokenSource(dataset, files.Vocabulary, progress);
            var train = await tokens.LabelledAsync(Split.Train, ids => ids, cancellationToken);
            TokenSource.RequireTwoLabels(train, manifest);
            var examples = train.TokenIds.Zip(train.Labels, (ids, label) => TrainingExample.Labelled(treatment.Truncate(ids), label, manifest.Labels.Count)).ToArray();
            var texts = recipe.FurtherPretraining is null ? [] : train.TokenIds.Concat(await tokens.UnlabelledAsync(ids => ids, int.MaxValue, cancellationToken)).ToArray();
            return new PreparedTraining(loaded.Encoder, files, treatment, new ClassificationObjective(loaded.Encoder, examples), texts, method, loaded.Notes);
        }
        catch
        {
            loaded.Encoder.Dispose();
            throw;
        }
    }

    /// <summary>Heads needed only for further pre-training.</summary>
    public static IReadOnlyList<ParameterSpec> Heads(EncoderConfig config, Recipe recipe) =>
        recipe.FurtherPretraining is null ? [] : MaskedLanguageHead.Specs(config);
}
