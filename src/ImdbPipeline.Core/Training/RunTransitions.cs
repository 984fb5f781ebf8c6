namespace ImdbPipeline.Core.Training;

/// <summary>Which state of a run may follow which.</summary>
public static class RunTransitions
{
    /// <summary>Nothing follows these states.</summary>
    public static bool IsFinal(this RunState state) => state is RunState.Published or RunState.Failed or RunState.Rejected;

    // Training follows training and evaluating: a job that was killed is taken again and resumes.
    public static bool MayBecome(this RunState from, RunState to) => (from, to) switch
    {
        (RunState.Queued, RunState.Training or RunState.Failed or RunState.Rejected) => true,
        (RunState.Training, RunState.Training or RunState.Evaluating or RunState.Failed or RunState.Rejected) => true,
        (RunState.Evaluating, RunState.Training or RunState.Evaluating or RunState.Published or RunState.Failed) => true,
        _ => false,
    };
}

/// <summary>A run was asked to become something its present state does not allow: another delivery or trainer was first.</summary>
public sealed class RunTransitionException(string run, RunState from, RunState to)
    : Exception($"run {run}: expected a state that may become {to}, found {from}. Leave the run as it is; start another with a retrain message.")
{
    public string Run { get; } = run;

    public RunState From { get; } = from;

    public RunState To { get; } = to;
}
