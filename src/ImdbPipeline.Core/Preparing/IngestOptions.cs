using System.ComponentModel.DataAnnotations;
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

    /// <summary>Length of a label, in characters.</summary>
    [Setting("MaxLabelLength", "a whole number from 1 to 10000"), Range(1, 10_000)]
    public int MaxLabelLength
    {
        get => Limits.MaxLabelLength;
        init => Limits = Limits with { MaxLabelLength = value };
    }

    /// <summary>Queues a training run for every new dataset version.</summary>
    [Setting("RetrainOnIngest", "true or false")]
    public bool RetrainOnIngest { get; init; }
}
