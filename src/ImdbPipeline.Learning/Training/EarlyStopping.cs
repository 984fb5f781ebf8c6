using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>Remembers the weights of the best validation accuracy and stops after too many evaluations without a better one.</summary>
internal sealed class EarlyStopping(EncoderWeights weights, int? patience) : IDisposable
{
    private Dictionary<string, Tensor>? best;
    private double bestAccuracy = double.NegativeInfinity;
    private int without;

    public bool Stopped => patience is { } most && without >= most;

    /// <param name="evaluation">Null where there is no validation split: then nothing can be judged and nothing stops.</param>
    public void Judge(Evaluation? evaluation)
    {
        if (evaluation is null)
            return;
        if (evaluation.Accuracy <= bestAccuracy)
        {
            without++;
            return;
        }

        (bestAccuracy, without) = (evaluation.Accuracy, 0);
        Dispose();
        best = WeightSnapshot.Clone(weights);
    }

    public void RestoreBest()
    {
        if (best is not null)
            WeightSnapshot.Restore(weights, best);
    }

    public void Dispose()
    {
        foreach (var tensor in best?.Values ?? Enumerable.Empty<Tensor>())
            tensor.Dispose();
        best = null;
    }
}
