using System.Globalization;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.BaseModels;

namespace ImdbPipeline.Trainer;

/// <param name="DefaultBaseModel">Base model for requests that do not specify one.</param>
internal sealed record TrainerOptions(string DefaultBaseModel)
{
    private const string BaseModelSetting = "BaseModel";
    private const string LeaseSetting = "LeaseSeconds";

    // The range that Azure Storage allows for finite leases.
    private const int MinSeconds = 15;
    private const int MaxSeconds = 60;

    /// <summary>Lease duration of a run; renewed while the trainer works.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(MaxSeconds);

    /// <summary>Delay before the next attempt of a failed job.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <param name="setting">Looks up a setting by name.</param>
    /// <exception cref="InputRejectedException">A setting is invalid.</exception>
    public static TrainerOptions From(Func<string, string?> setting)
    {
        var options = new TrainerOptions(setting(BaseModelSetting) is { Length: > 0 } name ? name : BaseModel.ScratchMini);
        return setting(LeaseSetting) switch
        {
            null or "" => options,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= MinSeconds and <= MaxSeconds =>
                options with { Lease = TimeSpan.FromSeconds(seconds) },
            var other => throw new InputRejectedException(
                ErrorRules.Setting, $"setting {LeaseSetting}", $"whole seconds from {MinSeconds} to {MaxSeconds}", $"'{other}'", "Correct or remove it."),
        };
    }
}
