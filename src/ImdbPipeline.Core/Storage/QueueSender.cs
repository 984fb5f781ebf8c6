using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Storage;

/// <summary>Sends messages to the pipeline's queues as JSON.</summary>
public sealed class QueueSender(PipelineStorage storage)
{
    // Messages are small and independent; sending several at once hides the round trips.
    private const int InFlight = 8;

    public async Task SendAsync<T>(string queue, T message, CancellationToken cancellationToken) =>
        await storage.Queue(queue).SendMessageAsync(JsonSerializer.Serialize(message, PipelineJson.Message), cancellationToken);

    /// <summary>Sends all messages; after an exception, some may have been sent.</summary>
    public async Task SendAllAsync<T>(string queue, IEnumerable<T> messages, CancellationToken cancellationToken) =>
        await Parallel.ForEachAsync(
            messages,
            new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = cancellationToken },
            async (message, token) => await SendAsync(queue, message, token));
}
