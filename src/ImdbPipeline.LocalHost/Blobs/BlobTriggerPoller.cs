using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Blobs;

/// <summary>
/// Polls a container and handles each content (name and ETag) once. After <see cref="BlobTriggerOptions.PoisonBlobThreshold"/>
/// failed attempts it sends a message to the poison queue, as the Functions host does.
/// </summary>
public sealed class BlobTriggerPoller(PipelineStorage storage, BlobTrigger trigger, BlobTriggerOptions options, TimeProvider timeProvider, ILogger log)
    : BackgroundService
{
    private readonly BlobContainerClient container = storage.Container(trigger.Container);
    private readonly BlobContainerClient polled = storage.PolledContainer(trigger.Container);
    private readonly ConcurrentDictionary<string, string> receipts = new();
    private readonly ConcurrentDictionary<string, string> running = new();
    private readonly SemaphoreSlim slots = new(options.MaxDegreeOfParallelism);

    public override void Dispose()
    {
        slots.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ScanAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // Storage may be unavailable for a while; keep polling.
                log.ContainerUnavailable(trigger.Container, e.Message);
            }
            await Task.Delay(options.PollingInterval, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // When every slot is free, no handler is running any more.
        for (var slot = 0; slot < options.MaxDegreeOfParallelism; slot++)
            await slots.WaitAsync(CancellationToken.None);
    }

    private async Task ScanAsync(CancellationToken stopping)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var blob in polled.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix: null, stopping))
        {
            seen.Add(blob.Name);
            if (blob.Properties.ETag is not { } etag || running.ContainsKey(blob.Name) || (receipts.TryGetValue(blob.Name, out var last) && last == etag.Unquoted()))
                continue;
            await StartAsync(blob.Name, etag, stopping);
        }
        foreach (var deleted in receipts.Keys.Where(name => !seen.Contains(name)))
            receipts.TryRemove(deleted, out _);
    }

    private async Task StartAsync(string blob, ETag etag, CancellationToken stopping)
    {
        await slots.WaitAsync(stopping);
        running[blob] = etag.Unquoted();
        _ = Task.Run(() => RunAsync(blob, etag, stopping), CancellationToken.None);
    }

    private async Task RunAsync(string blob, ETag etag, CancellationToken stopping)
    {
        try
        {
            await HandleAsync(blob, etag, stopping);
        }
        finally
        {
            running.TryRemove(blob, out _);
            slots.Release();
        }
    }

    private async Task HandleAsync(string blob, ETag etag, CancellationToken stopping)
    {
        try
        {
            // Stop if the blob was deleted or replaced in the meantime.
            for (var attempt = 1; (await container.FindETagAsync(blob, stopping))?.Unquoted() == etag.Unquoted(); attempt++)
            {
                if (await TryAsync(blob, etag, attempt, stopping) is not { } error)
                {
                    receipts[blob] = etag.Unquoted();
                    return;
                }
                if (attempt == options.PoisonBlobThreshold)
                {
                    await SendPoisonMessageAsync(blob, etag, stopping);
                    log.BlobPoisoned(trigger.Container, blob, attempt, error.Message);
                    receipts[blob] = etag.Unquoted();
                    return;
                }
                await Task.Delay(options.RetryDelay * Math.Pow(2, attempt - 1), timeProvider, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Without a receipt, the next start handles the blob again.
        }
        catch (Exception e)
        {
            // Storage failed between attempts. Without a receipt, the next listing starts over.
            log.ContainerUnavailable(trigger.Container, e.Message);
        }
    }

    /// <returns>Why the handler failed; null on success.</returns>
    private async Task<Exception?> TryAsync(string blob, ETag etag, int attempt, CancellationToken stopping)
    {
        try
        {
            // Checked only before the first attempt, which may have been interrupted after it was recorded.
            if (attempt > 1 || !await trigger.IsHandledAsync(blob, etag, stopping))
                await trigger.HandleAsync(blob, stopping);
            return null;
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            log.BlobFailed(trigger.Container, blob, attempt, options.PoisonBlobThreshold, e.Message);
            return e;
        }
    }

    private async Task SendPoisonMessageAsync(string blob, ETag etag, CancellationToken stopping)
    {
        var message = new BlobPoisonMessage($"Host.Functions.{trigger.Function}", trigger.Container, blob, $"\"{etag.Unquoted()}\"");
        await storage.Queue(StorageLayout.BlobTriggerPoisonQueue).SendMessageAsync(message.ToJson(), stopping);
    }
}
