namespace ImdbPipeline.Trainer;

/// <summary>This trainer was away for longer than its lease, and another one has the run.</summary>
internal sealed class RunTakenException(string run, Exception? cause = null)
    : Exception($"run {run}: expected to be this trainer's to its end, found that another trainer may have taken it. Nothing more of it is written here; leave it to that one.", cause);
