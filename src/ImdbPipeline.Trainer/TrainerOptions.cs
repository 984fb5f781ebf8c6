using System.Globalization;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.BaseModels;

namespace ImdbPipeline.Trainer;

/// <param name="DefaultBaseModel">Of requests that name none.</param>
internal sealed record TrainerOptions(string DefaultBaseModel)
{
    private const string BaseModelSetting = "BaseModel";
    private const string LeaseSetting = "LeaseSeconds";

    // What storage allows for leases that end.
    private const int LeastSeconds = 15;
    private const int MostSeconds = 60;

    /// <summary>How long a run stays with a trainer that died; renewed while it works.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(MostSeconds);

    /// <summary>How long a failed job waits for its next attempt.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <param name="setting">Looks a setting up by name.</param>
    /// <exception cref="InputRejectedException">A setting is wrong.</exception>
    public static TrainerOptions From(Func<string, string?> setting)
    {
        var options = new TrainerOptions(setting(BaseModelSetting) is { Length: > 0 } name ? name : BaseModel.ScratchMini);
        return setting(LeaseSetting) switch
        {
            null or "" => options,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= LeastSeconds and <= MostSeconds =>
                options with { Lease = TimeSpan.FromSeconds(seconds) },
            var other => throw new InputRejectedException(
                "setting", $"setting {LeaseSetting}", $"whole seconds from {LeastSeconds} to {MostSeconds}", $"'{other}'", "Correct it, or leave it out."),
        };
    }
}
