using Azure;

namespace ImdbPipeline.LocalHost.Blobs;

/// <summary>A watched container and the handler of its new and changed blobs.</summary>
/// <param name="Function">Name of the function, used in the poison message.</param>
/// <param name="Container">The watched container.</param>
/// <param name="HandleAsync">Handles the blob with the given name.</param>
/// <param name="IsHandledAsync">Whether storage records this content as already handled, by any host.</param>
public sealed record BlobTrigger(
    string Function,
    string Container,
    Func<string, CancellationToken, Task> HandleAsync,
    Func<string, ETag, CancellationToken, Task<bool>> IsHandledAsync);
