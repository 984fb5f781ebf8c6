namespace ImdbPipeline.Trainer;

/// <summary>Thrown when another trainer may have taken over the run because this trainer's lease expired.</summary>
internal sealed class RunTakenOverException(string run, Exception? cause = null)
    : Exception($"run {run}: expected to keep the run until it finishes, found that another trainer may have taken it over. No action is needed: this trainer stops writing to it.", cause);
