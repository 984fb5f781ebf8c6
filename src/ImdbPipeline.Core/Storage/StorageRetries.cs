using Azure.Core;

namespace ImdbPipeline.Core.Storage;

/// <summary>How long a call to storage goes on trying: with the defaults it bridges an absence of more than a minute.</summary>
public sealed record StorageRetries
{
    /// <summary>Tries after the first.</summary>
    public int MaxRetries { get; init; } = 8;

    /// <summary>The wait before the second try; doubled with each, spread by jitter, longer where storage asks for it.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(0.8);

    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one try may take without a byte of an answer.</summary>
    public TimeSpan TryTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>For a caller that asks again by itself: it had better say soon that storage is away.</summary>
    internal StorageRetries OfPolling => this with { MaxRetries = Math.Min(MaxRetries, 2) };

    internal void ApplyTo(ClientOptions client)
    {
        client.Retry.Mode = RetryMode.Exponential;
        client.Retry.MaxRetries = MaxRetries;
        client.Retry.Delay = Delay;
        client.Retry.MaxDelay = MaxDelay;
        client.Retry.NetworkTimeout = TryTimeout;
    }
}
