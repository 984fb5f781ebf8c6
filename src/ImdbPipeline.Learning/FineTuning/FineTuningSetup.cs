using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Teaching;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>Prepares a pre-trained or randomly initialised encoder for fine-tuning.</summary>
internal static class FineTuningSetup
{
    /// <param name="taught">The teacher's labels; null without a teacher.</param>
    /// <param name="loaded">Disposed if preparing fails.</param>
    public static async Task<PreparedTraining> PrepareAsync(
        string baseModel, ModelFiles files, LoadedEncoder loaded, TrainingMethod method, IPreparedDataset dataset, Recipe recipe, SoftLabels? taught,
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
            var unlabelled = taught is null && recipe.FurtherPretraining is null ? [] : await tokens.UnlabelledAsync(ids => ids, int.MaxValue, cancellationToken);
            var truncated = train.Truncated(treatment);
            var examples = SoftLabels.Examples(truncated, [.. unlabelled.Select(treatment.Truncate)], manifest.Labels.Count, taught);
            IReadOnlyList<int[]> texts = recipe.FurtherPretraining is null ? [] : [.. train.TokenIds, .. unlabelled];
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
