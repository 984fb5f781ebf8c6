namespace ImdbPipeline.Trainer;

/// <summary>What became of a job in one trainer's hands; the program's exit code.</summary>
internal enum JobOutcome
{
    /// <summary>Done, stopped and handed on, or nobody's business here.</summary>
    Ended = 0,

    /// <summary>Given up, or waiting for its next attempt.</summary>
    Failed = 1,

    /// <summary>Another trainer has taken the run meanwhile: nothing more of it was written here.</summary>
    Taken = 3,
}
