namespace ImdbPipeline.Core.Training;

/// <summary>Refuses settings out of their range.</summary>
internal static class SettingRange
{
    public static T? WithinIfGiven<T>(string setting, T? value, T least, T most) where T : struct, IComparable<T> =>
        value is { } given ? Within(setting, given, least, most) : null;

    // CompareTo alone would let NaN pass as smaller than everything.
    public static T Within<T>(string setting, T value, T least, T most) where T : struct, IComparable<T> =>
        value is not double.NaN && value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0
            ? value
            : throw new InputRejectedException(
                "setting-out-of-range", $"setting {setting}", $"a value from {least} to {most}", $"{value}", "Correct the retrain message or option.");
}
