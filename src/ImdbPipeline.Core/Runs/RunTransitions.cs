namespace ImdbPipeline.Core.Runs;

/// <summary>The allowed state transitions of a run.</summary>
public static class RunTransitions
{
    /// <summary>Whether the run has ended.</summary>
    public static bool IsFinal(this RunState state) => state is RunState.Published or RunState.Failed or RunState.Rejected or RunState.Cancelled;

    // Training may follow training and evaluating because a killed job is retried and resumes.
    public static bool MayBecome(this RunState from, RunState to) => (from, to) switch
    {
        (RunState.Queued, RunState.Training or RunState.Failed or RunState.Rejected or RunState.Cancelled) => true,
        (RunState.Training, RunState.Training or RunState.Evaluating or RunState.Failed or RunState.Rejected or RunState.Cancelled) => true,
        // Not cancelled any more: the model may be published already.
        (RunState.Evaluating, RunState.Training or RunState.Evaluating or RunState.Published or RunState.Failed) => true,
        _ => false,
    };
}

/// <summary>The run's current state does not allow the transition, because another delivery or trainer was faster.</summary>
public sealed class RunTransitionException(string run, RunState from, RunState to)
    : Exception($"run {run}: expected a state that can change to {to}, found {from}. Send a retrain message to start another run.")
{
    public RunState From { get; } = from;
}
