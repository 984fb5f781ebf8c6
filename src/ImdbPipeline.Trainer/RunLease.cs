using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Trainer;

/// <summary>The right to write to a run: a lease on <c>runs/{run}/lock</c>. It lapses by itself when this process dies.</summary>
internal sealed class RunLease : IAsyncDisposable
{
    private readonly string run;
    private readonly BlobLeaseClient lease;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource lost = new();
    private readonly Task renewing;

    private RunLease(string run, BlobLeaseClient lease, TimeSpan length, TimeProvider clock)
    {
        (this.run, this.lease) = (run, lease);
        renewing = RenewAsync(length / 3, clock);
    }

    /// <summary>Cancelled when the lease can no longer be renewed: another trainer may have the run.</summary>
    public CancellationToken Lost => lost.Token;

    /// <param name="length">Storage allows 15 to 60 seconds.</param>
    /// <returns>Null where another trainer has the run.</returns>
    public static async Task<RunLease?> AcquireAsync(PipelineStorage storage, string run, TimeSpan length, TimeProvider clock, CancellationToken cancellationToken)
    {
        var blob = storage.Runs.GetBlobClient(StorageLayout.RunLock(run));
        try
        {
            await blob.UploadAsync(
                new BinaryData(Encoding.UTF8.GetBytes("the trainer of this run holds a lease on this blob\n")),
                new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } }, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            // It is there already, leased or not.
        }

        var lease = blob.GetBlobLeaseClient();
        try
        {
            await lease.AcquireAsync(length, cancellationToken: cancellationToken);
            return new RunLease(run, lease, length, clock);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.LeaseAlreadyPresent)
        {
            return null;
        }
    }

    /// <summary>Asks storage: a lapsed lease that nobody took is still this trainer's.</summary>
    /// <exception cref="RunTakenException">Another trainer has the run, or had it.</exception>
    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        try
        {
            await lease.RenewAsync(cancellationToken: cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            throw new RunTakenException(run, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await renewing;
        try
        {
            await lease.ReleaseAsync();
        }
        catch (RequestFailedException)
        {
            // It lapses by itself.
        }

        stop.Dispose();
        lost.Dispose();
    }

    private async Task RenewAsync(TimeSpan renewal, TimeProvider clock)
    {
        try
        {
            while (true)
            {
                await Task.Delay(renewal, clock, stop.Token);
                await lease.RenewAsync(cancellationToken: stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
        catch (RequestFailedException)
        {
            await lost.CancelAsync();
        }
    }
}
