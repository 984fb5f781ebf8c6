using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Testing;

/// <summary>Counts the training steps that are reported, without those of earlier processes, whose metrics a resumed run reports again.</summary>
/// <param name="onStep">Called with the number of steps so far.</param>
public sealed class TrainingSteps(Action<int> onStep) : IProgress<TrainingProgress>
{
    private int steps, last;

    public void Report(TrainingProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Phase != TrainingPhase.Training || value.Done <= last || value.Metrics?.Step < value.Done)
            return;
        last = (int)value.Done;
        onStep(++steps);
    }
}
