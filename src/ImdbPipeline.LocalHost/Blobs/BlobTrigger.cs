using Azure;

namespace ImdbPipeline.LocalHost.Blobs;

/// <summary>A container whose new and changed blobs are handled.</summary>
/// <param name="Function">The function's name, as the poison message gives it.</param>
/// <param name="Container">The watched container.</param>
/// <param name="HandleAsync">Handles the blob of that name.</param>
/// <param name="IsHandledAsync">Whether storage says that this content was handled already, by whichever host.</param>
public sealed record BlobTrigger(
    string Function,
    string Container,
    Func<string, CancellationToken, Task> HandleAsync,
    Func<string, ETag, CancellationToken, Task<bool>> IsHandledAsync);
