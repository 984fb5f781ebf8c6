using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Trainer;

/// <summary>Exclusive write access to a run: a lease on <c>runs/{run}/lock</c>, which expires if this process dies.</summary>
internal sealed class RunLease : IAsyncDisposable
{
    /// <summary>How long releasing may take when the trainer ends; an unreleased lease expires.</summary>
    private static readonly TimeSpan releaseTimeout = TimeSpan.FromSeconds(5);

    private readonly string run;
    private readonly BlobLeaseClient lease;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource lost = new();
    private readonly Task renewing;

    private RunLease(string run, BlobLeaseClient lease, TimeSpan duration, TimeProvider timeProvider)
    {
        (this.run, this.lease) = (run, lease);
        renewing = RenewAsync(duration / 3, timeProvider);
    }

    /// <summary>Cancelled when storage refuses to renew the lease, because another trainer has or had it.</summary>
    public CancellationToken Lost => lost.Token;

    /// <param name="duration">15 to 60 seconds, the range that Azure Storage allows.</param>
    /// <returns>Null if another trainer has the run.</returns>
    public static async Task<RunLease?> AcquireAsync(PipelineStorage storage, string run, TimeSpan duration, TimeProvider timeProvider, CancellationToken cancellationToken)
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
            // The blob already exists, leased or not.
        }

        var lease = blob.GetBlobLeaseClient();
        try
        {
            await lease.AcquireAsync(duration, cancellationToken: cancellationToken);
            return new RunLease(run, lease, duration, timeProvider);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.LeaseAlreadyPresent)
        {
            return null;
        }
    }

    /// <summary>Renews the lease; this also works for an expired lease that no other trainer has acquired.</summary>
    /// <exception cref="RunTakenOverException">Another trainer has or had the lease.</exception>
    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        try
        {
            await lease.RenewAsync(cancellationToken: cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            throw new RunTakenOverException(run, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await renewing;
        using var brief = new CancellationTokenSource(releaseTimeout);
        try
        {
            await lease.ReleaseAsync(cancellationToken: brief.Token);
        }
        catch (Exception e) when (e is RequestFailedException or OperationCanceledException)
        {
            // The lease expires anyway.
        }

        stop.Dispose();
        lost.Dispose();
    }

    private async Task RenewAsync(TimeSpan interval, TimeProvider timeProvider)
    {
        try
        {
            while (true)
            {
                await Task.Delay(interval, timeProvider, stop.Token);
                await RenewAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The run has finished.
        }
        catch (RequestFailedException)
        {
            await lost.CancelAsync();
        }
    }

    private async Task RenewAsync()
    {
        try
        {
            await lease.RenewAsync(cancellationToken: stop.Token);
        }
        catch (StorageUnavailableException)
        {
            // No other trainer can take the run either, and an expired lease can be renewed as long as none has.
        }
    }
}
