using Azure;

namespace ImdbPipeline.Core.Storage;

/// <summary>Storage did not answer, or answered only that it cannot, in every try there was.</summary>
public sealed class StorageUnavailableException : RequestFailedException
{
    /// <param name="status">Of the last answer; 0 where there was none.</param>
    internal StorageUnavailableException(Uri account, string found, int tries, int status, string? errorCode, Exception? inner)
        : base(
            status,
            $"storage account {account}: expected an answer, found {found} after {tries} {(tries == 1 ? "try" : "tries")}; check that it exists, runs and can be reached from here.",
            errorCode,
            inner) => Tries = tries;

    public int Tries { get; }
}
