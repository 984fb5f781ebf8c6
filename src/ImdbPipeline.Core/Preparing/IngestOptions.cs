using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Options for ingesting uploaded archives.</summary>
public sealed record IngestOptions
{
    public PreparationSettings Settings { get; init; } = new();

    public ArchiveLimits Limits { get; init; } = ArchiveLimits.Default;

    /// <summary>The setting <c>RetrainOnIngest</c>: queues a training run for every new dataset version.</summary>
    public bool RetrainOnIngest { get; init; }

    /// <param name="setting">Looks up a setting by name.</param>
    /// <exception cref="InputRejectedException"><c>RetrainOnIngest</c> is neither true nor false.</exception>
    public static IngestOptions From(Func<string, string?> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        if (setting(nameof(RetrainOnIngest)) is not { Length: > 0 } value)
            return new IngestOptions();
        return bool.TryParse(value, out var retrain)
            ? new IngestOptions { RetrainOnIngest = retrain }
            : throw new InputRejectedException(
                ErrorRules.SettingInvalid, $"setting {nameof(RetrainOnIngest)}", "true or false", $"'{value}'", "Correct it, or remove it for false.");
    }
}
