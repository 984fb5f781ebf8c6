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
    /// <param name="loaded">Disposed if preparing fails.</param>
    /// <param name="teacher">Null for none.</param>
    public static async Task<PreparedTraining> PrepareAsync(
        string baseModel, ModelFiles files, LoadedEncoder loaded, TrainingMethod method, IPreparedDataset dataset, Recipe recipe, ITeacher? teacher,
        IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            var manifest = dataset.Manifest;
            var config = loaded.Encoder.Config;
            VocabularyCheck.Validate(baseModel, files, config);
            var treatment = ModelShape.Treatment(config, recipe, manifest);
            var pretrains = recipe.FurtherPretraining is not null;
            // Only further pre-training reads whole texts.
            Func<int[], int[]> cut = pretrains ? ids => ids : treatment.Truncate;
            var tokens = new TokenSource(dataset, files.Tokenizer.Tokenizer, progress);
            var train = await tokens.LabelledAsync(Split.Train, cut, cancellationToken);
            TokenSource.RequireTwoLabels(train, manifest);
            var taught = await SoftLabels.OfAsync(teacher, dataset, recipe.Seed, progress, cancellationToken);
            var unlabelled = pretrains || taught is not null ? await tokens.UnlabelledAsync(cut, int.MaxValue, cancellationToken) : [];
            var examples = SoftLabels.Examples(train.Truncated(treatment), taught is null ? [] : [.. unlabelled.Select(treatment.Truncate)], manifest.Labels.Count, taught);
            return new PreparedTraining(
                loaded.Encoder, files, treatment,
                new ClassificationObjective(
                    loaded.Encoder, examples, shortEpochs: ShortEpochs.Of(recipe.ShortEpochs, treatment), classWeights: ClassWeights.Of(recipe.ClassWeights, train.Labels, manifest.Labels.Count)),
                pretrains ? [.. train.TokenIds, .. unlabelled] : [], method,
                [.. taught?.Notes ?? [], .. loaded.Notes]);
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
