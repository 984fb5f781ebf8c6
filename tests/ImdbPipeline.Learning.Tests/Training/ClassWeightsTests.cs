using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Training;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Training;

[Collection(TorchRandomState.Name)]
public sealed class ClassWeightsTests
{
    [Fact]
    public void Balanced_weights_are_those_of_scikit_learn() =>
        // compute_class_weight("balanced"): 6 / (3 * count).
        Assert.Equal([2f / 3, 1, 2], ClassWeights.Of(ClassWeighting.Balanced, [0, 0, 0, 1, 1, 2], 3)!);

    [Fact]
    public void A_label_without_texts_does_not_change_the_weights_of_the_others() =>
        Assert.Equal([0.75f, 1.5f, 1], ClassWeights.Of(ClassWeighting.Balanced, [0, 0, 1], 3)!);

    [Fact]
    public void Without_weighting_all_texts_count_the_same() => Assert.Null(ClassWeights.Of(ClassWeighting.None, [0, 1, 1], 2));

    [Fact]
    public void The_weighted_loss_is_that_of_PyTorch()
    {
        using var encoder = NanoEncoder.Create(dropout: 0);
        var examples = NanoEncoder.Task(12, seed: 3);
        float[] weights = [0.25f, 3];

        var batch = new ClassificationBatch(encoder, examples, classWeights: weights);
        var loss = batch.Loss(batch.Weight).item<float>();

        var logits = encoder.Forward(TokenBatch.Of([.. examples.Select(example => example.TokenIds)], encoder.Config.Fractions, torch.CPU), training: true, ParameterNames.Classifier);
        var expected = torch.nn.functional.cross_entropy(logits, torch.tensor(Array.ConvertAll(examples, example => (long)Array.IndexOf(example.Target, 1f))), torch.tensor(weights)).item<float>();
        Assert.Equal(expected, loss, 1e-5f);
    }
}
