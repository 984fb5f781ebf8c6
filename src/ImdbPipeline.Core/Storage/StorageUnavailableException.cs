using Azure;

namespace ImdbPipeline.Core.Storage;

/// <summary>Storage did not respond, or responded with a transient error, in every attempt.</summary>
public sealed class StorageUnavailableException : RequestFailedException
{
    /// <param name="status">Status of the last response; 0 if there was none.</param>
    internal StorageUnavailableException(Uri account, string found, int tries, int status, string? errorCode, Exception? inner)
        : base(
            status,
            $"storage account {account}: expected a response, found {found} after {tries} {(tries == 1 ? "attempt" : "attempts")}. Check that it exists, is running and is reachable.",
            errorCode,
            inner) => Attempts = tries;

    public int Attempts { get; }
}
