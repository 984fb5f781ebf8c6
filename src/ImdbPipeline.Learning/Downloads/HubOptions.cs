using System.ComponentModel.DataAnnotations;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Learning.Downloads;

/// <summary>Settings for downloads from the Hugging Face Hub or a mirror, and for the models kept on this machine.</summary>
public sealed record HubOptions
{
    [Setting("HF_ENDPOINT", "an https address"), WebAddress(RequireHttps = true)]
    public Uri Endpoint { get; init; } = new("https://huggingface.co");

    /// <summary>Where downloaded models are kept; by default a folder in the user's local application data.</summary>
    [Setting("IMDB_CACHE", "a folder")]
    public string CacheFolder { get; init; } =
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "imdb-pipeline");

    /// <summary>Size limit of <see cref="CacheFolder"/>, in gigabytes; the least recently used models are deleted.</summary>
    [Setting("IMDB_CACHE_GB", "a whole number from 1 to 10000"), Range(1, 10_000)]
    public int CacheGigabytes { get; init; } = 20;

    /// <summary>Size limit in bytes.</summary>
    public long CacheBytes => CacheGigabytes * 1_000_000_000L;

    /// <summary>Maximum number of attempts per file, including the first.</summary>
    public int Attempts { get; init; } = 8;

    /// <summary>Delay before the second attempt; doubles, with jitter, for each further attempt.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to try whether the hub responds at all.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A connection that receives no data for this long is closed and retried.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
