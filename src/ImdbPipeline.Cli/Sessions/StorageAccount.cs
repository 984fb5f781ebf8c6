using System.Net.Sockets;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Configuration;

namespace ImdbPipeline.Cli.Sessions;

/// <summary>Finds the storage account of a command and checks that it answers.</summary>
public static class StorageAccount
{
    // Nothing listening is noticed at once; this is for a machine that is busy.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    /// <param name="option">The value of <c>--storage</c>; null if not given.</param>
    /// <exception cref="InputRejectedException">The account's settings are incomplete or malformed.</exception>
    public static StorageOptions Find(string? option, IConfiguration settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (option is not null)
            return new StorageOptions { ConnectionString = option }.Validated("--storage");
        if (settings.Read<StorageOptions>() is { ConnectionString: null, BlobServiceUri: null, QueueServiceUri: null })
            return new StorageOptions { ConnectionString = StorageOptions.Development };
        return StorageOptions.From(settings);
    }

    /// <exception cref="CommandFailedException">Nothing listens at the account's address.</exception>
    public static async Task ProbeAsync(StorageOptions storage, CancellationToken cancellationToken)
    {
        var address = storage.BlobAddress;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(ConnectTimeout);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port, timeout.Token);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unreachable(address, e);
        }
    }

    public static CommandFailedException Unreachable(Uri address, Exception cause)
    {
        ArgumentNullException.ThrowIfNull(address);
        var remedy = address.IsLoopback
            ? "Start it with 'imdb up' in another terminal."
            : $"Check the network, or choose another account with --storage or {StorageOptions.Setting}.";
        return new CommandFailedException(
            ExitCode.StorageUnreachable, $"storage account: expected an answer from {address.GetLeftPart(UriPartial.Authority)}, found none. {remedy}", cause);
    }
}
