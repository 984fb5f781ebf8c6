using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.Recipes;

/// <summary>Prepares a pre-trained or randomly initialised encoder for fine-tuning.</summary>
internal static class FineTuningSetup
{
    public static async Task<PreparedTraining> PrepareAsync(
        IPreparedDataset dataset, BaseModel baseModel, Recipe recipe, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var manifest = dataset.Manifest;
        var (files, loaded) = baseModel.Folder is { } folder
            ? (ModelFiles.Read(folder), FromFolder(folder, recipe, manifest))
            : await FromRandomAsync(dataset, baseModel, recipe, cancellationToken);
        try
        {
            var config = loaded.Encoder.Config;
            VocabularyCheck.Validate(baseModel.Name, files, config);
            var treatment = ModelShape.Treatment(config, recipe, manifest);
            var tokens = new TokenSource(dataset, files.Vocabulary, progress);
            var train = await tokens.LabelledAsync(Split.Train, ids => ids, cancellationToken);
            TokenSource.RequireTwoLabels(train, manifest);
            var examples = train.TokenIds.Zip(train.Labels, (ids, label) => TrainingExample.Labelled(treatment.Truncate(ids), label, manifest.Labels.Count)).ToArray();
            var texts = recipe.FurtherPretraining is null ? [] : train.TokenIds.Concat(await tokens.UnlabelledAsync(cancellationToken)).ToArray();
            return new PreparedTraining(loaded.Encoder, files, treatment, new ClassificationObjective(loaded.Encoder, examples), texts, Method(baseModel), loaded.Notes);
        }
        catch
        {
            loaded.Encoder.Dispose();
            throw;
        }
    }

    private static TrainingMethod Method(BaseModel baseModel) =>
        baseModel.Folder is null ? TrainingMethod.FineTuning with { PretrainingLearningRate = 5e-4 } : TrainingMethod.FineTuning;

    private static LoadedEncoder FromFolder(string folder, Recipe recipe, DatasetManifest manifest)
    {
        var stored = EncoderLoader.ReadConfig(folder);
        var config = ModelShape.Of(stored, recipe, manifest);
        var loaded = EncoderLoader.LoadBase(folder, config, Heads(config, recipe), recipe.Seed);
        return loaded with { Notes = [.. loaded.Notes, .. ModelShape.Notes(stored, config, recipe)] };
    }

    private static async Task<(ModelFiles, LoadedEncoder)> FromRandomAsync(
        IPreparedDataset dataset, BaseModel baseModel, Recipe recipe, CancellationToken cancellationToken)
    {
        var vocabulary = await dataset.ReadVocabularyAsync(cancellationToken);
        var files = new ModelFiles(RandomBase.ConfigJson(baseModel.Name, vocabulary), vocabulary);
        var shape = EncoderConfig.Parse(files.Config, ModelFolder.ConfigFile);
        var config = ModelShape.Of(shape, recipe, dataset.Manifest);
        var weights = EncoderWeights.Initialise(config, recipe.Seed, Heads(config, recipe));
        return (files, new LoadedEncoder(new TrainableEncoder(weights), ["started from random weights", .. ModelShape.Notes(shape, config, recipe)]));
    }

    /// <summary>Heads needed only for further pre-training.</summary>
    private static IReadOnlyList<ParameterSpec> Heads(EncoderConfig config, Recipe recipe) =>
        recipe.FurtherPretraining is null ? [] : MaskedLanguageHead.Specs(config);
}
