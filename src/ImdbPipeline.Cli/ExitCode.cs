namespace ImdbPipeline.Cli;

/// <summary>What the process ends with; listed in the help.</summary>
public enum ExitCode
{
    Ok = 0,

    /// <summary>Failed unexpectedly; <c>--verbose</c> shows where.</summary>
    Failed = 1,

    /// <summary>A command, an option or an argument is wrong.</summary>
    WrongUsage = 2,

    /// <summary>An input was read and refused.</summary>
    InputRefused = 3,

    /// <summary>What was asked for is not there, such as a champion before the first training.</summary>
    NotFound = 4,

    /// <summary>The storage account does not answer, or refuses access.</summary>
    StorageUnreachable = 5,

    /// <summary>Ctrl+C.</summary>
    Cancelled = 130,
}
