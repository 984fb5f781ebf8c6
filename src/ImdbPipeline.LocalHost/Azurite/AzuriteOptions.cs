namespace ImdbPipeline.LocalHost.Azurite;

/// <summary>Where Azurite listens and stores its data.</summary>
public sealed record AzuriteOptions
{
    public const int DevelopmentBlobPort = 10000;
    public const int DevelopmentQueuePort = 10001;
    public const int DevelopmentTablePort = 10002;

    /// <summary>Data folder, created if missing; null keeps everything in memory.</summary>
    public string? Folder { get; init; } = Path.Combine(".imdb", "azurite");

    /// <summary>0 picks a free port.</summary>
    public int BlobPort { get; init; } = DevelopmentBlobPort;

    /// <inheritdoc cref="BlobPort"/>
    public int QueuePort { get; init; } = DevelopmentQueuePort;

    /// <summary>The pipeline uses no tables, but Core Tools expect the service. 0 picks a free port.</summary>
    public int TablePort { get; init; } = DevelopmentTablePort;

    /// <summary>The Node.js package runner, found through <c>PATH</c>.</summary>
    public string Npx { get; init; } = "npx";

    /// <summary>Includes the download on the first start.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long Azurite may take to save its data when it is stopped.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
