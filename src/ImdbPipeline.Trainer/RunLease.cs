using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Trainer;

/// <summary>The right to write to a run: a lease on <c>runs/{run}/lock</c>. It lapses by itself when this process dies.</summary>
internal sealed class RunLease : IAsyncDisposable
{
    private static readonly TimeSpan length = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan renewal = TimeSpan.FromSeconds(20);

    private readonly BlobLeaseClient lease;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource lost = new();
    private readonly Task renewing;

    private RunLease(BlobLeaseClient lease, TimeProvider clock)
    {
        this.lease = lease;
        renewing = RenewAsync(clock);
    }

    /// <summary>Cancelled when the lease can no longer be renewed: another trainer may have the run.</summary>
    public CancellationToken Lost => lost.Token;

    /// <returns>Null where another trainer has the run.</returns>
    public static async Task<RunLease?> AcquireAsync(PipelineStorage storage, string run, TimeProvider clock, CancellationToken cancellationToken)
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
            return new RunLease(lease, clock);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.LeaseAlreadyPresent)
        {
            return null;
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

    private async Task RenewAsync(TimeProvider clock)
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
