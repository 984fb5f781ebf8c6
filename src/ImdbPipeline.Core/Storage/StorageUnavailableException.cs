using System.Globalization;
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

    /// <param name="account">The account's address, without signatures or keys.</param>
    /// <param name="waited">How long the caller waited.</param>
    internal StorageUnavailableException(Uri account, TimeSpan waited)
        : base(0, string.Create(CultureInfo.InvariantCulture, $"storage account {account}: expected a response within {waited.TotalSeconds} s, found none. Check that it exists, is running and is reachable."))
    {
    }

    /// <summary>Whether nothing responded at all. <see cref="StorageAvailability"/> logs such an outage once for all callers.</summary>
    public bool IsOutage => Status == 0;

    /// <summary>Number of attempts; 0 if the caller did not wait for them to end.</summary>
    public int Attempts { get; }
}
