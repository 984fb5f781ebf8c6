using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>Keeps the weights with the best validation accuracy, ties broken by the lowest loss, and stops when it has not improved for too many evaluations.</summary>
/// <param name="weights">The trained weights.</param>
/// <param name="patience">Number of evaluations; null to never stop.</param>
internal sealed class EarlyStopping(EncoderWeights weights, int? patience) : IDisposable
{
    private Dictionary<string, Tensor> best = [];

    public StoppingState State { get; private set; } = new(null, 0, 0, 0, 0);

    /// <summary>The best weights by name; empty before the first evaluation.</summary>
    public IReadOnlyDictionary<string, Tensor> Best => best;

    public bool Stopped => patience is { } max && State.Without >= max;

    /// <param name="evaluation">Null without a validation split; training then never stops early.</param>
    /// <param name="epoch">Number of epochs trained.</param>
    /// <param name="averagedSteps">Number of steps that the evaluated weights are an average of; 0 for none.</param>
    public void Record(Evaluation? evaluation, int epoch, int averagedSteps)
    {
        if (evaluation is null)
            return;
        var without = evaluation.Accuracy <= State.BestAccuracy ? State.Without + 1 : 0;
        if (without == 0 || (evaluation.Accuracy == State.BestAccuracy && evaluation.Loss < State.BestLoss))
            Keep(new StoppingState(evaluation.Accuracy, evaluation.Loss, epoch, without, averagedSteps));
        else
            State = State with { Without = without };
    }

    /// <summary>Resumes from a checkpoint; the caller then copies the best weights into <see cref="Best"/>.</summary>
    public void Resume(StoppingState state)
    {
        State = state;
        if (state.BestAccuracy is not null)
            Keep(state);
    }

    public void RestoreBest()
    {
        using var noGrad = no_grad();
        foreach (var (name, tensor) in best)
            weights[name].copy_(tensor);
    }

    public void Dispose()
    {
        foreach (var tensor in best.Values)
            tensor.Dispose();
        best = [];
    }

    private void Keep(StoppingState state)
    {
        Dispose();
        (State, best) = (state, weights.Tensors.ToDictionary(t => t.Key, t => t.Value.detach().clone().DetachFromDisposeScope()));
    }
}
