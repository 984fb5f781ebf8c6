using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Runs;

/// <summary>Rejects settings that are out of range.</summary>
internal static class SettingRange
{
    public static T? WithinIfGiven<T>(string setting, T? value, T min, T max) where T : struct, IComparable<T> =>
        value is { } given ? Within(setting, given, min, max) : null;

    // double.CompareTo sorts NaN below every number, so it is checked explicitly.
    public static T Within<T>(string setting, T value, T min, T max) where T : struct, IComparable<T> =>
        value is not double.NaN && value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0
            ? value
            : throw new InputRejectedException(
                ErrorRules.SettingOutOfRange, $"setting {setting}", $"a value from {min} to {max}", $"{value}", "Correct the retrain message or option.");
}
