using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Training;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Training;

public sealed class MultiTaskObjectiveTests : IDisposable
{
    private const string Auxiliary = "auxiliary.0.classifier";

    private readonly TrainableEncoder encoder;
    private readonly MultiTaskObjective objective;

    public MultiTaskObjectiveTests()
    {
        var config = SmallEncoders.Config(EncoderFamily.DistilBert);
        encoder = SmallEncoders.Of(config, ParameterSpecs.Classifier(config, Auxiliary, 3));
        objective = new MultiTaskObjective([Task(37, 2, ParameterNames.Classifier), Task(101, 3, Auxiliary)]);
    }

    [Fact]
    public void Each_batch_belongs_to_one_task_and_each_example_occurs_once_per_epoch()
    {
        var batches = objective.Batches(8, seed: 1, epoch: 0);

        Assert.Equal(5 + 13, batches.Length);
        Assert.Equal(Enumerable.Range(0, 37 + 101), batches.SelectMany(batch => batch).Order());
        Assert.All(batches, batch => Assert.True(batch.All(i => i < 37) || batch.All(i => i >= 37)));
        // Shuffled, not one task after the other.
        Assert.True(batches.Zip(batches.Skip(1)).Count(pair => pair.First[0] < 37 != pair.Second[0] < 37) > 3);
    }

    [Fact]
    public void The_order_depends_only_on_seed_and_epoch()
    {
        var batches = objective.Batches(8, seed: 1, epoch: 3);

        Assert.Equal(batches, objective.Batches(8, seed: 1, epoch: 3));
        Assert.NotEqual(batches, objective.Batches(8, seed: 1, epoch: 4));
        Assert.NotEqual(batches, objective.Batches(8, seed: 2, epoch: 3));
        Assert.Equal(batches.Length, objective.Batches(8, seed: 1, epoch: 4).Length);
    }

    [Theory]
    [InlineData(0, ParameterNames.Classifier, Auxiliary)]
    [InlineData(36, ParameterNames.Classifier, Auxiliary)]
    [InlineData(37, Auxiliary, ParameterNames.Classifier)]
    [InlineData(137, Auxiliary, ParameterNames.Classifier)]
    public void A_batch_trains_its_own_head_and_the_encoder(int example, string trained, string other)
    {
        using var scope = torch.NewDisposeScope();
        encoder.Weights.To(torch.CPU, requiresGradient: true);

        objective.Gather([example], seed: 1, epoch: 0).Loss(1).backward();

        Assert.NotEqual(0, encoder.Weights[$"{trained}.weight"].grad!.abs().sum().ToSingle());
        Assert.Null(encoder.Weights[$"{other}.weight"].grad);
        Assert.NotEqual(0, encoder.Weights["distilbert.embeddings.word_embeddings.weight"].grad!.abs().sum().ToSingle());
    }

    public void Dispose() => encoder.Dispose();

    private ClassificationObjective Task(int count, int labels, string classifier) =>
        new(encoder, [.. SmallEncoders.Rows(count, 30).Select((row, i) => TrainingExample.Labelled(row, i % labels, labels))], classifier: classifier);
}
