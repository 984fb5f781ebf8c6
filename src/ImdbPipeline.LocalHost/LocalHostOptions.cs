using ImdbPipeline.Core.Storage;
using ImdbPipeline.LocalHost.Azurite;
using ImdbPipeline.LocalHost.Blobs;
using ImdbPipeline.LocalHost.Queues;
using ImdbPipeline.LocalHost.Trainers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost;

/// <summary>Settings of the local host.</summary>
public sealed record LocalHostOptions
{
    public StorageOptions Storage { get; init; } = new() { ConnectionString = StorageOptions.Development };

    /// <summary>Started if <see cref="Storage"/> is the development storage and its ports are free; null never starts Azurite.</summary>
    public AzuriteOptions? Azurite { get; init; } = new();

    /// <summary>Where <c>POST /api/score</c> and <c>GET /api/status</c> listen; port 0 picks a free port.</summary>
    public Uri Address { get; init; } = new("http://localhost:7071");

    /// <summary><c>RetrainOnIngest</c> for this host, <c>BaseModel</c> and others for the trainer; they override environment variables.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public BlobTriggerOptions Blobs { get; init; } = new();

    public QueuePumpOptions Queues { get; init; } = new();

    /// <summary>Null starts no trainer: training jobs wait for a trainer started elsewhere.</summary>
    public TrainerProcessOptions? Trainer { get; init; } = new();

    public TimeSpan ReconcileInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Configures logging; null logs to a plain console.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>Registers services that replace the pipeline's own.</summary>
    public Action<IServiceCollection>? Services { get; init; }
}
