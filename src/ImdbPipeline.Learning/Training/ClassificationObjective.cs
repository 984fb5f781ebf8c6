using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.Training;

/// <summary>Learns to predict labels.</summary>
/// <param name="augmentation">Changes each example anew in each epoch; null for none.</param>
/// <param name="classifier">The linear layer that learns these labels.</param>
public sealed class ClassificationObjective(
    Encoder encoder, IReadOnlyList<TrainingExample> reviews, TokenAugmentation? augmentation = null, string classifier = ParameterNames.Classifier) : IObjective
{
    private readonly int[] lengths =
        [.. reviews.Select(review => Math.Min(review.TokenIds.Length, augmentation?.MaxLength ?? int.MaxValue))];

    public int Count => reviews.Count;

    public TokenAugmentation? Augmentation => augmentation;

    public int[][] Batches(int batchSize, int seed, int epoch) => BatchOrder.Of(lengths, batchSize, seed, epoch);

    public ITrainingBatch Gather(int[] examples, int seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return new ClassificationBatch(encoder, [.. examples.Select(i => Augmented(i, seed, epoch))], classifier);
    }

    private TrainingExample Augmented(int index, int seed, int epoch) => augmentation is null
        ? reviews[index]
        : reviews[index] with { TokenIds = augmentation.Apply(reviews[index].TokenIds, Seeds.Random(seed, $"augmentation {epoch}", index)) };
}
