namespace ImdbPipeline.Trainer;

/// <summary>Outcome of a job in this trainer; also its exit code.</summary>
internal enum JobOutcome
{
    /// <summary>Completed, returned to the queue after a stop, or skipped.</summary>
    Ended = 0,

    /// <summary>Failed; the message waits for the next attempt or was moved to the poison queue.</summary>
    Failed = 1,

    /// <summary>Another trainer has taken over the run.</summary>
    Taken = 3,

    /// <summary>Storage was unavailable for too long; the message reappears by itself and the run continues from its last checkpoint.</summary>
    StorageUnavailable = 4,
}
