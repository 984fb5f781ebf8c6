using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Inferring;

namespace ImdbPipeline.Learning.Scoring;

/// <summary>How a host scores.</summary>
public sealed record ScoringOptions
{
    /// <summary>The setting <c>ScoringPrecision</c>. With int8, models that lose accuracy by it are still scored with fp32.</summary>
    public ScoringPrecision ScoringPrecision { get; init; }

    /// <param name="setting">Looks a setting up by name.</param>
    /// <exception cref="InputRejectedException"><c>ScoringPrecision</c> is no precision.</exception>
    public static ScoringOptions From(Func<string, string?> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        if (setting(nameof(ScoringPrecision)) is not { Length: > 0 } value)
            return new ScoringOptions();
        return Enum.TryParse<ScoringPrecision>(value, ignoreCase: true, out var precision) && Enum.IsDefined(precision)
            ? new ScoringOptions { ScoringPrecision = precision }
            : throw new InputRejectedException("setting-invalid", $"setting {nameof(ScoringPrecision)}", "fp32 or int8", $"'{value}'", "Correct it, or leave it out for fp32.");
    }
}
