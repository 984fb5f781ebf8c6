using Azure;
using Azure.Identity;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Cli.Sessions;

/// <summary>Turns exceptions into a one-line error and an exit code.</summary>
public static class Failures
{
    /// <param name="stopped">Whether the user cancelled the command; any other cancellation is a timeout.</param>
    public static ExitCode Report(Session session, Exception exception, bool stopped)
    {
        ArgumentNullException.ThrowIfNull(session);
        var failure = exception as CommandFailedException ?? Translate(session, exception, stopped);
        if (session.Verbose)
            session.Terminal.Error.WriteLine(exception);
        return Report(session.Terminal, session.Json, failure);
    }

    public static ExitCode Report(Terminal terminal, bool json, CommandFailedException failure)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        ArgumentNullException.ThrowIfNull(failure);
        var line = failure.Message.ReplaceLineEndings(" ");
        if (json)
            terminal.Output.WriteLine(System.Text.Json.JsonSerializer.Serialize(
                new { error = line, exitCode = (int)failure.ExitCode }, PipelineJson.Record));
        terminal.WriteError(line);
        return failure.ExitCode;
    }

    public static ExitCode ExitCodeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.NotFound => ExitCode.NotFound,
        ErrorKind.StorageUnreachable => ExitCode.StorageUnreachable,
        ErrorKind.WrongUsage => ExitCode.WrongUsage,
        _ => ExitCode.InputRejected,
    };

    private static CommandFailedException Translate(Session session, Exception exception, bool stopped) => exception switch
    {
        InputRejectedException rejected => new(ExitCodeOf(rejected.Kind), exception.Message, exception),
        NoChampionException => new(ExitCodeOf(ErrorRules.NoChampion.Kind), exception.Message, exception),
        // Damaged records, datasets and models; the message says what to do.
        InvalidDataException => new(ExitCode.InputRejected, exception.Message, exception),
        OperationCanceledException when stopped => new(ExitCode.Cancelled, session.AfterCancel is { } next ? $"cancelled. {next}" : "cancelled.", exception),
        AuthenticationFailedException => new(
            ExitCode.StorageUnreachable, $"storage account: expected a working Azure identity, found none. Sign in with 'az login'. ({exception.Message})", exception),
        RequestFailedException { Status: 401 or 403 } denied => new(
            ExitCode.StorageUnreachable, $"storage account: expected access, found {denied.Status} {denied.ErrorCode}. Check the key or the role assignments.", exception),
        // Azure Storage and Azurite send a code with every error.
        RequestFailedException { Status: > 0, ErrorCode: null or "" } other => new(
            ExitCode.StorageUnreachable, $"storage account: expected Azure Storage or Azurite at {session.Storage.BlobAddress.GetLeftPart(UriPartial.Authority)}, found another server (HTTP status {other.Status}). Check the address, or stop the program that uses its port.", exception),
        _ when IsConnectionLost(exception) => StorageAccount.Unreachable(session.Storage.BlobAddress, exception),
        RequestFailedException failed => new(ExitCode.Failed, $"storage account: {failed.Message.Split('\n')[0].Trim().TrimEnd('.')} ({failed.Status} {failed.ErrorCode}). Run the command again with --verbose for the stack trace.", exception),
        _ => new(ExitCode.Failed, $"{exception.Message.TrimEnd('.')}. Run the command again with --verbose for the stack trace.", exception),
    };

    private static bool IsConnectionLost(Exception exception) => exception switch
    {
        RequestFailedException { Status: 0 } or OperationCanceledException => true,
        AggregateException { InnerException: RequestFailedException { Status: 0 } or OperationCanceledException } => true,
        _ => false,
    };
}
