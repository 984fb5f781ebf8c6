using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Foundation;

namespace ImdbPipeline.Learning.Training;

/// <summary>Trains the encoder to predict labels.</summary>
/// <param name="augmentation">Applied to each example in each epoch; null for none.</param>
/// <param name="classifier">Name of the linear layer for these labels.</param>
public sealed class ClassificationObjective(
    TrainableEncoder encoder, IReadOnlyList<TrainingExample> data, TokenAugmentation? augmentation = null, string classifier = ParameterNames.Classifier) : IObjective
{
    private readonly int[] lengths =
        [.. data.Select(example => Math.Min(example.TokenIds.Length, augmentation?.MaxLength ?? int.MaxValue))];

    public int Count => data.Count;

    public TokenAugmentation? Augmentation => augmentation;

    public int[][] Batches(int batchSize, int seed, int epoch) => BatchOrder.Of(lengths, batchSize, seed, epoch);

    public ITrainingBatch Gather(int[] examples, int seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return new ClassificationBatch(encoder, [.. examples.Select(i => Augmented(i, seed, epoch))], classifier);
    }

    private TrainingExample Augmented(int index, int seed, int epoch) => augmentation is null
        ? data[index]
        : data[index] with { TokenIds = augmentation.Apply(data[index].TokenIds, Seeds.Random(seed, $"augmentation {epoch}", index)) };
}
