using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Blobs;

/// <summary>
/// Lists a container again and again and handles each content (name and ETag) once; a failing one is tried
/// <see cref="BlobTriggerOptions.PoisonBlobThreshold"/> times and then reported on the poison queue, as the Functions host does.
/// </summary>
public sealed class BlobTriggerPoller(PipelineStorage storage, BlobTrigger trigger, BlobTriggerOptions options, TimeProvider time, ILogger log)
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
                // Storage may be away for a while; the poller has to be there when it comes back.
                log.ContainerUnavailable(trigger.Container, e.Message);
            }
            await Task.Delay(options.PollingInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Once every slot is free again, no handler is at work any more.
        for (var slot = 0; slot < options.MaxDegreeOfParallelism; slot++)
            await slots.WaitAsync(CancellationToken.None);
    }

    private async Task ScanAsync(CancellationToken stopping)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var blob in polled.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix: null, stopping))
        {
            seen.Add(blob.Name);
            if (blob.Properties.ETag is not { } etag || running.ContainsKey(blob.Name) || (receipts.TryGetValue(blob.Name, out var last) && last == etag.Plain()))
                continue;
            await StartAsync(blob.Name, etag, stopping);
        }
        foreach (var gone in receipts.Keys.Where(name => !seen.Contains(name)))
            receipts.TryRemove(gone, out _);
    }

    private async Task StartAsync(string blob, ETag etag, CancellationToken stopping)
    {
        await slots.WaitAsync(stopping);
        running[blob] = etag.Plain();
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
            // A blob that was deleted or replaced meanwhile is no longer this event's business.
            for (var attempt = 1; (await container.FindETagAsync(blob, stopping))?.Plain() == etag.Plain(); attempt++)
            {
                if (await TryAsync(blob, etag, attempt, stopping) is not { } error)
                {
                    receipts[blob] = etag.Plain();
                    return;
                }
                if (attempt == options.PoisonBlobThreshold)
                {
                    await GiveUpAsync(blob, etag, stopping);
                    log.BlobPoisoned(trigger.Container, blob, attempt, error.Message);
                    receipts[blob] = etag.Plain();
                    return;
                }
                await Task.Delay(options.RetryDelay * Math.Pow(2, attempt - 1), time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // No receipt: the next start handles it again.
        }
        catch (Exception e)
        {
            // Storage failed between the attempts; without a receipt the next listing begins anew.
            log.ContainerUnavailable(trigger.Container, e.Message);
        }
    }

    /// <returns>Why the handler failed; null where it did not.</returns>
    private async Task<Exception?> TryAsync(string blob, ETag etag, int attempt, CancellationToken stopping)
    {
        try
        {
            // Asked once: a refusal counts as handled afterwards, and is tried again all the same.
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

    private async Task GiveUpAsync(string blob, ETag etag, CancellationToken stopping)
    {
        var message = new BlobPoisonMessage($"Host.Functions.{trigger.Function}", trigger.Container, blob, $"\"{etag.Plain()}\"");
        await storage.Queue(StorageLayout.BlobTriggerPoisonQueue).SendMessageAsync(message.ToJson(), stopping);
    }
}
