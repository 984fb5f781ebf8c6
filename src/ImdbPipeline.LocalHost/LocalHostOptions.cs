using ImdbPipeline.Core.Storage;
using ImdbPipeline.LocalHost.Azurite;
using ImdbPipeline.LocalHost.Blobs;
using ImdbPipeline.LocalHost.Queues;
using ImdbPipeline.LocalHost.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost;

/// <summary>How the pipeline is hosted on this machine.</summary>
public sealed record LocalHostOptions
{
    public StorageOptions Storage { get; init; } = new() { ConnectionString = StorageOptions.Development };

    /// <summary>Used when <see cref="Storage"/> is the development storage and nothing listens on these ports; null never starts one.</summary>
    public AzuriteOptions? Azurite { get; init; } = new();

    /// <summary>Where <c>POST /api/score</c> and <c>GET /api/status</c> listen; port 0 lets the system choose.</summary>
    public Uri Address { get; init; } = new("http://localhost:7071");

    /// <summary><c>RetrainOnIngest</c> for this host, <c>BaseModel</c> and others for the trainer; they win over environment variables.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public BlobTriggerOptions Blobs { get; init; } = new();

    public QueuePumpOptions Queues { get; init; } = new();

    /// <summary>Null starts no trainer: training jobs wait for somebody else's.</summary>
    public TrainerOptions? Trainer { get; init; } = new();

    public TimeSpan ReconcileInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Where log lines go; a plain console where null.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>Registered before the pipeline's own services, and so instead of them.</summary>
    public Action<IServiceCollection>? Services { get; init; }
}
