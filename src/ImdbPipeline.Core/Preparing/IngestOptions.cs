using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Options for ingesting uploaded archives.</summary>
public sealed record IngestOptions
{
    /// <summary>For uploads without settings of their own.</summary>
    public PreparationSettings Settings { get; init; } = new();

    public ArchiveLimits Limits { get; init; } = ArchiveLimits.Default;

    /// <summary>Queues a training run for every new dataset version.</summary>
    [Setting("RetrainOnIngest", "true or false")]
    public bool RetrainOnIngest { get; init; }
}
