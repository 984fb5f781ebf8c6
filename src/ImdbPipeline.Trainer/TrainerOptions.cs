using System.ComponentModel.DataAnnotations;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Trainer;

/// <summary>Settings of the trainer.</summary>
public sealed record TrainerOptions
{
    /// <summary>Base model for requests that do not specify one; null for minilm, or scratch-mini if the build has no minilm.</summary>
    [Setting("BaseModel", "the name of a base model")]
    public string? DefaultBaseModel { get; init; }

    /// <summary>Lease duration of a run; renewed while the trainer works. Azure Storage allows this range.</summary>
    [Setting("LeaseSeconds", "whole seconds from 15 to 60"), Range(typeof(TimeSpan), "00:00:15", "00:01:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long storage calls may take after the trainer was told to stop; then it exits without them. Shorter than the 30 seconds
    /// after which a container is killed.
    /// </summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Delay before the next attempt of a failed job; longer after further failures in a row.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(15);
}
