using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Inferring;

namespace ImdbPipeline.Learning.Scoring;

/// <summary>Scoring settings of a host.</summary>
public sealed record ScoringOptions
{
    /// <summary>Setting <c>ScoringPrecision</c>. With int8, models that lose too much accuracy are still scored in fp32.</summary>
    public ScoringPrecision ScoringPrecision { get; init; }

    /// <param name="setting">Returns a setting by name.</param>
    /// <exception cref="InputRejectedException"><c>ScoringPrecision</c> is not a known precision.</exception>
    public static ScoringOptions From(Func<string, string?> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        if (setting(nameof(ScoringPrecision)) is not { Length: > 0 } value)
            return new ScoringOptions();
        return Enum.TryParse<ScoringPrecision>(value, ignoreCase: true, out var precision) && Enum.IsDefined(precision)
            ? new ScoringOptions { ScoringPrecision = precision }
            : throw new InputRejectedException(ErrorRules.SettingInvalid, $"setting {nameof(ScoringPrecision)}", "fp32 or int8", $"'{value}'", "Correct the setting, or remove it for fp32.");
    }
}
