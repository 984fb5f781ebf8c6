using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Testing;

/// <summary>Counts the training steps that are reported.</summary>
/// <param name="onStep">Called with the number of steps so far.</param>
public sealed class TrainingSteps(Action<int> onStep) : IProgress<TrainingProgress>
{
    private int steps;

    public void Report(TrainingProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Phase == TrainingPhase.Training)
            onStep(++steps);
    }
}
