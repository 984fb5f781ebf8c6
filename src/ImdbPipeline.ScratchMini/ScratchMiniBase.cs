using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Teaching;
using ImdbPipeline.Learning.Training;
using static TorchSharp.torch;

namespace ImdbPipeline.ScratchMini;

/// <summary>
/// A small encoder that is trained on the dataset alone: it uses the dataset's vocabulary, word vectors from all texts and, by default, soft labels
/// from n-gram models.
/// </summary>
public sealed class ScratchMiniBase : IBaseModel
{
    public const string ModelName = "scratch-mini";

    /// <summary>Training uses random windows of this many tokens; scoring uses full texts.</summary>
    private const int TrainingLength = 256;

    private const double WordDropout = 0.1;

    public string Name => ModelName;

    public Recipe DefaultRecipe(DatasetManifest dataset, string? teacher) => ScratchMiniRecipe.For(dataset, teacher);

    public async Task<PreparedTraining> PrepareAsync(
        IPreparedDataset dataset, Recipe recipe, ITeacher? teacher, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        RejectFirstLayer(recipe);
        var manifest = dataset.Manifest;
        var vocabulary = await dataset.ReadVocabularyAsync(cancellationToken);
        var json = TokenizerJson.FromVocabulary(vocabulary);
        var tokenizer = json.Tokenizer;
        var files = new ModelFiles(ScratchMiniConfig.Json(tokenizer.Tokens.Count, tokenizer.PaddingId!.Value, manifest.Labels), json);
        var shape = EncoderConfig.Parse(files.Config, ModelFolder.ConfigFile);
        var config = ModelShape.Of(shape, recipe, manifest);
        var tokens = new TokenSource(dataset, tokenizer, progress);
        var labelled = await tokens.LabelledAsync(Split.Train, ids => ids, cancellationToken);
        TokenSource.RequireTwoLabels(labelled, manifest);
        var unlabelled = await tokens.UnlabelledAsync(ids => ids, int.MaxValue, cancellationToken);
        var taught = await SoftLabels.OfAsync(teacher, dataset, recipe.Seed, progress, cancellationToken);
        var examples = SoftLabels.Examples(labelled, unlabelled, manifest.Labels.Count, taught);
        int[][] texts = [.. labelled.TokenIds, .. unlabelled];
        var neighbours = new NeighbourAttention(config);
        var method = new TrainingMethod
        {
            Beta2 = 0.98,
            PretrainingLearningRate = 2e-3,
            Attention = neighbours,
            PlainAttentionShare = 0.05,
            Frozen = ScratchMiniWeights.Frozen(config),
            PretrainingFrozen = ScratchMiniWeights.FrozenInPretraining(config),
            BeforeUpdate = ScratchMiniWeights.KeepPositions,
        };
        var encoder = new TrainableEncoder(InitialWeights(config, neighbours, examples, texts, recipe, cancellationToken));
        var augmentation = new TokenAugmentation(Math.Min(TrainingLength, recipe.MaxLength), WordDropout, tokenizer.MaskId!.Value);
        var treatment = ModelShape.Treatment(config, recipe, manifest);
        return new PreparedTraining(
            encoder, files, treatment,
            new ClassificationObjective(
                encoder, examples, augmentation, shortEpochs: ShortEpochs.Of(recipe.ShortEpochs, treatment with { MaxLength = augmentation.MaxLength }),
                classWeights: ClassWeights.Of(recipe.ClassWeights, labelled.Labels, manifest.Labels.Count)),
            recipe.FurtherPretraining is null ? [] : texts, method, [.. taught?.Notes ?? [], .. ModelShape.Notes(shape, config, recipe)]);
    }

    private static void RejectFirstLayer(Recipe recipe)
    {
        if (recipe.ClassifierLayer is 1)
            throw new InputRejectedException(
                ErrorRules.SettingOutOfRange, "setting classifierLayer", $"{ScratchMiniConfig.Layers}, because the first layer of {ModelName} attends to neighbouring words only", "1",
                "Remove it, or choose another base model.");
    }

    private static EncoderWeights InitialWeights(
        EncoderConfig config, NeighbourAttention neighbours, TrainingExample[] examples, int[][] texts, Recipe recipe, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var ratioDims = LogCountRatios.Dims(config.Labels.Count);
        var ratios = tensor(
            LogCountRatios.Of(Array.ConvertAll(examples, example => example.TokenIds), Array.ConvertAll(examples, example => example.Target), config.VocabSize, config.Labels.Count), [config.VocabSize, ratioDims]);
        var vectors = WordVectors.Of(
            texts, config.VocabSize, Vocabulary.SpecialTokens.Count, config.Dim - NeighbourAttention.PositionDims - ratioDims, recipe.Seed, cancellationToken);
        var weights = ScratchMiniWeights.Of(config, neighbours, vectors, ratios, recipe.Seed);
        if (recipe.FurtherPretraining is not null)
            ScratchMiniWeights.AttachMaskedLanguageHead(weights, texts, recipe.Seed);
        return weights;
    }
}
