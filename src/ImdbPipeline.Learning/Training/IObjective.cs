using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>A training objective: how examples are batched and how their loss is computed.</summary>
public interface IObjective
{
    /// <returns>Example indices per batch. Depends only on the seed and the epoch; every epoch has the same number of batches.</returns>
    int[][] Batches(int batchSize, int seed, int epoch);

    /// <summary>Builds the batch of these examples. Depends only on the examples, the seed and the epoch.</summary>
    ITrainingBatch Gather(int[] examples, int seed, int epoch);
}

/// <summary>Examples that are run through the encoder together.</summary>
public interface ITrainingBatch
{
    /// <summary>Weight of this batch in the loss of its step.</summary>
    double Weight { get; }

    /// <summary>Number of tokens.</summary>
    long Tokens { get; }

    /// <param name="stepWeight">Total weight of all batches in the step.</param>
    /// <returns>This batch's share of the step's weighted mean loss; float32 scalar.</returns>
    Tensor Loss(double stepWeight);
}
