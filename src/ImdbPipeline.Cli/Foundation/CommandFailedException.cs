namespace ImdbPipeline.Cli.Foundation;

/// <summary>Ends a command with an exit code and an error message.</summary>
public sealed class CommandFailedException(ExitCode exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public ExitCode ExitCode { get; } = exitCode;
}
