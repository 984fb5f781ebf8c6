using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Resuming;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>Remembers the weights of the best validation accuracy and stops after too many evaluations without a better one.</summary>
internal sealed class EarlyStopping(EncoderWeights weights, int? patience) : IDisposable
{
    private Dictionary<string, Tensor>? best;

    public StoppingState State { get; private set; } = new(null, 0);

    /// <summary>The best weights by name; none before the first evaluation.</summary>
    public IReadOnlyDictionary<string, Tensor> Best => best ?? [];

    public bool Stopped => patience is { } most && State.Without >= most;

    /// <param name="evaluation">Null where there is no validation split: then nothing can be judged and nothing stops.</param>
    public void Judge(Evaluation? evaluation)
    {
        if (evaluation is null)
            return;
        if (evaluation.Accuracy <= State.BestAccuracy)
        {
            State = State with { Without = State.Without + 1 };
            return;
        }

        Remember(new StoppingState(evaluation.Accuracy, 0));
    }

    /// <summary>Goes on from a checkpoint; <see cref="Best"/> is there to be filled.</summary>
    public void Resume(StoppingState state)
    {
        State = state;
        if (state.BestAccuracy is not null)
            Remember(state);
    }

    public void RestoreBest()
    {
        if (best is not null)
            WeightSnapshot.Restore(weights, best);
    }

    public void Dispose()
    {
        foreach (var tensor in Best.Values)
            tensor.Dispose();
        best = null;
    }

    private void Remember(StoppingState state)
    {
        Dispose();
        (State, best) = (state, WeightSnapshot.Clone(weights));
    }
}
