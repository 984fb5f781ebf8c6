using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>Keeps the weights with the best validation accuracy and stops when it has not improved for too many evaluations.</summary>
internal sealed class EarlyStopping(EncoderWeights weights, int? patience) : IDisposable
{
    private Dictionary<string, Tensor> best = [];

    public StoppingState State { get; private set; } = new(null, 0, 0);

    /// <summary>The best weights by name; empty before the first evaluation.</summary>
    public IReadOnlyDictionary<string, Tensor> Best => best;

    public bool Stopped => patience is { } max && State.Without >= max;

    /// <param name="evaluation">Null without a validation split; training then never stops early.</param>
    /// <param name="averagedSteps">Number of steps that the evaluated weights are an average of; 0 for none.</param>
    public void Record(Evaluation? evaluation, int averagedSteps)
    {
        if (evaluation is null)
            return;
        if (evaluation.Accuracy <= State.BestAccuracy)
        {
            State = State with { Without = State.Without + 1 };
            return;
        }

        Keep(new StoppingState(evaluation.Accuracy, 0, averagedSteps));
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
