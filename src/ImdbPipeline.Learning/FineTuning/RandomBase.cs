using System.Text.Json;
using System.Text.Json.Nodes;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Teaching;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>
/// A base model with random weights and the dataset's vocabulary. Masked-language-model training on the dataset teaches it the
/// language, so no external weights are needed.
/// </summary>
public sealed class RandomBase : IBaseModel
{
    private readonly int dim, layers, heads, hiddenDim;

    private RandomBase(string name, int dim, int layers, int heads, int hiddenDim) =>
        (Name, this.dim, this.layers, this.heads, this.hiddenDim) = (name, dim, layers, heads, hiddenDim);

    public static RandomBase Small { get; } = new("scratch-small", 256, 4, 4, 1024);

    /// <summary>The shape of Sanh et al. 2019.</summary>
    public static RandomBase DistilBert { get; } = new("scratch-distilbert", 768, 6, 12, 3072);

    public string Name { get; }

    /// <summary>Pre-trains first, because the weights are random.</summary>
    public Recipe DefaultRecipe(DatasetManifest dataset, string? teacher) =>
        Recipe.Notebook with { FurtherPretraining = new FurtherPretraining { Epochs = 10, BatchSize = 64 } };

    public async Task<PreparedTraining> PrepareAsync(
        IPreparedDataset dataset, Recipe recipe, ITeacher? teacher, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var vocabulary = await dataset.ReadVocabularyAsync(cancellationToken);
        var tokenizer = TokenizerJson.FromVocabulary(vocabulary);
        var files = new ModelFiles(ConfigJson(tokenizer.Tokenizer), tokenizer);
        var shape = EncoderConfig.Parse(files.Config, ModelFolder.ConfigFile);
        var config = ModelShape.Of(shape, recipe, dataset.Manifest);
        var weights = EncoderWeights.Initialise(config, recipe.Seed, FineTuningSetup.Heads(config, recipe));
        var loaded = new LoadedEncoder(new TrainableEncoder(weights), ["started from random weights", .. ModelShape.Notes(shape, config, recipe)]);
        var method = TrainingMethod.FineTuning with { PretrainingLearningRate = 5e-4 };
        return await FineTuningSetup.PrepareAsync(Name, files, loaded, method, dataset, recipe, teacher, progress, cancellationToken);
    }

    /// <param name="tokenizer">With the dataset's vocabulary.</param>
    /// <returns>Content of config.json.</returns>
    public byte[] ConfigJson(ModelTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["activation"] = "gelu",
            ["architectures"] = new JsonArray("DistilBertForSequenceClassification"),
            ["attention_dropout"] = 0.1,
            ["dim"] = dim,
            ["dropout"] = 0.1,
            ["hidden_dim"] = hiddenDim,
            ["initializer_range"] = 0.02,
            ["max_position_embeddings"] = 512,
            ["model_type"] = "distilbert",
            ["n_heads"] = heads,
            ["n_layers"] = layers,
            ["pad_token_id"] = tokenizer.PaddingId,
            ["seq_classif_dropout"] = 0.2,
            ["sinusoidal_pos_embds"] = false,
            ["tie_weights_"] = true,
            ["vocab_size"] = tokenizer.Tokens.Count,
        });
    }
}
