using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Preparing;

/// <summary>How uploaded archives are ingested.</summary>
public sealed record IngestOptions
{
    public PreparationSettings Settings { get; init; } = new();

    public ArchiveLimits Limits { get; init; } = ArchiveLimits.Default;

    /// <summary>The setting <c>RetrainOnIngest</c>: asks for a training run whenever a new data set version was ingested.</summary>
    public bool RetrainOnIngest { get; init; }
}
