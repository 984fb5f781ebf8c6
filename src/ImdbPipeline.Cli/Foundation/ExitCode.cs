namespace ImdbPipeline.Cli.Foundation;

/// <summary>Exit codes of the process, listed in the help.</summary>
public enum ExitCode
{
    Ok = 0,

    /// <summary>Unexpected failure; <c>--verbose</c> prints the stack trace.</summary>
    Failed = 1,

    /// <summary>Invalid command, option or argument.</summary>
    WrongUsage = 2,

    /// <summary>Input rejected.</summary>
    InputRejected = 3,

    /// <summary>A required file, dataset, model or champion does not exist.</summary>
    NotFound = 4,

    /// <summary>The storage account cannot be reached or denies access.</summary>
    StorageUnreachable = 5,

    /// <summary>Cancelled with Ctrl+C.</summary>
    Cancelled = 130,
}
