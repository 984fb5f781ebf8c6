namespace ImdbPipeline.LocalHost.Azurite;

/// <summary>Where Azurite listens and keeps its data.</summary>
public sealed record AzuriteOptions
{
    public const int DevelopmentBlobPort = 10000;
    public const int DevelopmentQueuePort = 10001;
    public const int DevelopmentTablePort = 10002;

    /// <summary>The data's folder, made when missing; null keeps everything in memory.</summary>
    public string? Folder { get; init; } = Path.Combine(".imdb", "azurite");

    /// <summary>0 lets the system choose.</summary>
    public int BlobPort { get; init; } = DevelopmentBlobPort;

    /// <inheritdoc cref="BlobPort"/>
    public int QueuePort { get; init; } = DevelopmentQueuePort;

    /// <summary>No part of the pipeline uses tables, but Core Tools look for them. 0 lets the system choose.</summary>
    public int TablePort { get; init; } = DevelopmentTablePort;

    /// <summary>The package runner of Node.js, found through <c>PATH</c>.</summary>
    public string Npx { get; init; } = "npx";

    /// <summary>The first start downloads Azurite.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long Azurite may take to write its data down when it is stopped.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
