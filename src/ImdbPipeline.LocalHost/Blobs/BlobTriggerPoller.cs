using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Blobs;

/// <summary>
/// Polls a container and handles each content (name and ETag) once. After <see cref="BlobTriggerOptions.PoisonBlobThreshold"/>
/// failed attempts it sends a message to the poison queue, as the Functions host does.
/// </summary>
public sealed class BlobTriggerPoller(PipelineStorage storage, BlobTrigger trigger, BlobTriggerOptions options, HostProblems problems, TimeProvider timeProvider, ILogger log)
    : BackgroundService
{
    private readonly BlobContainerClient container = storage.Container(trigger.Container);
    private readonly BlobContainerClient polled = storage.Prompt.Container(trigger.Container);
    private readonly ConcurrentDictionary<string, string> handled = new();
    private readonly ConcurrentDictionary<string, Failure> failed = new();
    private readonly ConcurrentDictionary<string, string> running = new();
    private readonly SemaphoreSlim slots = new(options.MaxDegreeOfParallelism);

    public override void Dispose()
    {
        slots.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string? fault = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ScanAsync(stoppingToken);
                fault = null;
                problems.Set(trigger.Container, null);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // Storage may be unavailable for a while; keep polling.
                Report(e, e.Message != fault);
                fault = e.Message;
                problems.Set(trigger.Container, $"Cannot list the container {trigger.Container}. {e.Message}");
            }
            await Task.Delay(options.PollingInterval, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // When every slot is free, no handler is running any more.
        for (var slot = 0; slot < options.MaxDegreeOfParallelism; slot++)
            await slots.WaitAsync(CancellationToken.None);
    }

    private void Report(Exception e, bool isNew)
    {
        // An outage of the whole service is logged once for all its containers and queues.
        if (!isNew || e is StorageUnavailableException { IsOutage: true })
            return;
        if (e is StorageUnavailableException { Status: 500 })
            log.ContainerNotListed(trigger.Container, e.Message);
        else
            log.ContainerUnavailable(trigger.Container, e.Message);
    }

    private async Task ScanAsync(CancellationToken stopping)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var blob in polled.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix: null, stopping))
        {
            seen.Add(blob.Name);
            if (blob.Properties.ETag is { } etag && IsDue(blob.Name, etag.Unquoted()))
                await StartAsync(blob.Name, etag, stopping);
        }
        foreach (var deleted in handled.Keys.Where(name => !seen.Contains(name)))
            handled.TryRemove(deleted, out _);
        foreach (var deleted in failed.Keys.Where(name => !seen.Contains(name)))
            failed.TryRemove(deleted, out _);
    }

    private bool IsDue(string blob, string etag) =>
        !running.ContainsKey(blob)
        && !(handled.TryGetValue(blob, out var last) && last == etag)
        && !(failed.TryGetValue(blob, out var failure) && failure.ETag == etag && timeProvider.GetElapsedTime(failure.At) < Delay(failure.Attempts));

    private TimeSpan Delay(int attempts) => options.RetryDelay * Math.Pow(2, attempts - 1);

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
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The next start handles the blob again.
        }
        catch (Exception e)
        {
            // Storage failed outside the handler. The next listing tries again.
            Report(e, isNew: true);
        }
        finally
        {
            running.TryRemove(blob, out _);
            slots.Release();
        }
    }

    /// <summary>Makes one attempt. A failed blob waits for its next one without holding a slot.</summary>
    private async Task HandleAsync(string blob, ETag etag, CancellationToken stopping)
    {
        // Skip the blob if it was deleted or replaced in the meantime. One that cannot be addressed is rejected by its name.
        if (BlobName.IsAddressable(blob) && (await container.FindETagAsync(blob, stopping))?.Unquoted() != etag.Unquoted())
            return;
        var attempt = failed.TryGetValue(blob, out var earlier) && earlier.ETag == etag.Unquoted() ? earlier.Attempts + 1 : 1;
        if (await TryAsync(blob, etag, attempt, stopping) is { } error)
        {
            if (attempt < options.PoisonBlobThreshold)
            {
                failed[blob] = new Failure(etag.Unquoted(), attempt, timeProvider.GetTimestamp());
                return;
            }
            await SendPoisonMessageAsync(blob, etag, stopping);
            log.BlobPoisoned(trigger.Container, blob, attempt, error.Message);
        }
        handled[blob] = etag.Unquoted();
        failed.TryRemove(blob, out _);
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

    /// <param name="ETag">The content that failed.</param>
    /// <param name="Attempts">How often it has failed.</param>
    /// <param name="At">Timestamp of the last failure.</param>
    private readonly record struct Failure(string ETag, int Attempts, long At);
}
