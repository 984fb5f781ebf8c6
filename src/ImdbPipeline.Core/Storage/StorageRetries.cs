using Azure.Core;

namespace ImdbPipeline.Core.Storage;

/// <summary>Retry settings of storage calls; the defaults bridge an outage of more than a minute.</summary>
public sealed record StorageRetries
{
    /// <summary>Attempts after the first.</summary>
    public int MaxRetries { get; init; } = 8;

    /// <summary>Delay before the first retry; doubled each time, jittered, and longer if storage asks for it.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(0.8);

    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Timeout of one attempt without any response data.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>For pollers and answers to people, who should learn of an outage soon.</summary>
    internal StorageRetries Prompt => this with { MaxRetries = Math.Min(MaxRetries, 2), AttemptTimeout = AttemptTimeout < PromptTimeout ? AttemptTimeout : PromptTimeout };

    /// <summary>For a trainer, which loses more by giving up than by waiting: bridges an outage of a quarter of an hour.</summary>
    public static StorageRetries Patient { get; } = new() { MaxRetries = 52 };

    private static TimeSpan PromptTimeout => TimeSpan.FromSeconds(30);

    internal void ApplyTo(ClientOptions client)
    {
        client.Retry.Mode = RetryMode.Exponential;
        client.Retry.MaxRetries = MaxRetries;
        client.Retry.Delay = Delay;
        client.Retry.MaxDelay = MaxDelay;
        client.Retry.NetworkTimeout = AttemptTimeout;
    }
}
