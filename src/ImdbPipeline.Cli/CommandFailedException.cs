namespace ImdbPipeline.Cli;

/// <summary>Ends a command with an exit code and a message that says what was expected, what was found and what to do.</summary>
public sealed class CommandFailedException(ExitCode exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public ExitCode ExitCode { get; } = exitCode;
}
