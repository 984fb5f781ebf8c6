using ImdbPipeline.Learning.Encoders;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>A batch of labelled texts with cross-entropy loss.</summary>
/// <param name="classWeights"><c>[labels]</c>, as the weight of PyTorch's <c>CrossEntropyLoss</c>; null if all labels count the same.</param>
public sealed class ClassificationBatch(
    TrainableEncoder encoder, IReadOnlyList<TrainingExample> examples, string classifier = ParameterNames.Classifier, float[]? classWeights = null) : ITrainingBatch
{
    public double Weight { get; } = classWeights is { } weights ? examples.Sum(example => example.Target.Zip(weights, (target, weight) => (double)target * weight).Sum()) : examples.Count;

    public long Tokens { get; } = examples.Sum(example => (long)example.TokenIds.Length);

    public Tensor Loss(double stepWeight)
    {
        using var scope = NewDisposeScope();
        var rows = TokenBatch.Of([.. examples.Select(example => example.TokenIds)], encoder.Config.Fractions, encoder.Device);
        var targets = tensor(examples.SelectMany(example => classWeights is null ? example.Target : example.Target.Zip(classWeights, (target, weight) => target * weight)).ToArray(), [examples.Count, examples[0].Target.Length], device: encoder.Device);
        var logProbabilities = nn.functional.log_softmax(encoder.Forward(rows, training: true, classifier), 1);
        return (-((targets * logProbabilities).sum(1) * (float)(1 / stepWeight)).sum()).MoveToOuterDisposeScope();
    }
}
