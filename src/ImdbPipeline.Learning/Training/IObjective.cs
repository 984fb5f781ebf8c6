using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>What is learnt: which examples make up each batch, and what their loss is.</summary>
public interface IObjective
{
    /// <returns>The examples of each batch of an epoch: a function of the seed and the epoch, of as many batches in every epoch.</returns>
    int[][] Batches(int batchSize, int seed, int epoch);

    /// <summary>The examples of a batch as they are in this epoch: a function of the examples, the seed and the epoch.</summary>
    ITrainingBatch Gather(int[] examples, int seed, int epoch);
}

/// <summary>Examples that go through the encoder together.</summary>
public interface ITrainingBatch
{
    /// <summary>How much its loss counts beside that of other batches of the same step.</summary>
    double Weight { get; }

    /// <summary>Word pieces.</summary>
    long Tokens { get; }

    /// <param name="stepWeight">Of all batches of the step.</param>
    /// <returns>The batch's share of the step's weighted mean loss, float32 scalar.</returns>
    Tensor Loss(double stepWeight);
}
