using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Foundation;

namespace ImdbPipeline.Learning.Training;

/// <summary>Trains the encoder to predict labels.</summary>
/// <param name="augmentation">Applied to each example in each epoch; null for none.</param>
/// <param name="classifier">Name of the linear layer for these labels.</param>
/// <param name="shortEpochs">Null for none.</param>
/// <param name="classWeights"><c>[labels]</c>: how much each label counts; null if all count the same.</param>
public sealed class ClassificationObjective(
    TrainableEncoder encoder, IReadOnlyList<TrainingExample> data, TokenAugmentation? augmentation = null, string classifier = ParameterNames.Classifier,
    ShortEpochs? shortEpochs = null, float[]? classWeights = null) : IObjective
{
    private readonly int[] lengths =
        [.. data.Select(example => Math.Min(example.TokenIds.Length, augmentation?.MaxLength ?? int.MaxValue))];

    public int Count => data.Count;

    public TokenAugmentation? Augmentation => augmentation;

    public ShortEpochs? ShortEpochs => shortEpochs;

    public int[][] Batches(int batchSize, int seed, int epoch) => BatchOrder.Of(lengths, batchSize, seed, epoch);

    public ITrainingBatch Gather(int[] examples, int seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return new ClassificationBatch(encoder, [.. examples.Select(i => Augmented(i, seed, epoch))], classifier, classWeights);
    }

    private TrainingExample Augmented(int index, int seed, int epoch)
    {
        var ids = data[index].TokenIds;
        if (augmentation is not null)
            ids = augmentation.Apply(ids, Seeds.Random(seed, $"augmentation {epoch}", index));
        return data[index] with { TokenIds = shortEpochs?.Cut(ids, epoch) ?? ids };
    }
}
