using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Learning.BaseModels;

/// <summary>Settings for downloads from the Hugging Face Hub or a mirror.</summary>
public sealed record HubOptions
{
    public const string EndpointSetting = "HF_ENDPOINT";

    public Uri Endpoint { get; init; } = new("https://huggingface.co");

    /// <summary>Maximum number of attempts per file, including the first.</summary>
    public int Attempts { get; init; } = 8;

    /// <summary>Delay before the second attempt; doubles, with jitter, for each further attempt.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A connection that receives no data for this long is closed and retried.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <exception cref="InputRejectedException">The endpoint is not an https address.</exception>
    public static HubOptions From(Func<string, string?> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        if (setting(EndpointSetting) is not { Length: > 0 } endpoint)
            return new HubOptions();
        // Plain http is allowed only for loopback addresses.
        return Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
            ? new HubOptions { Endpoint = uri }
            : throw new InputRejectedException(ErrorRules.SettingInvalid, $"setting {EndpointSetting}", "an https address", $"'{endpoint}'", "Correct or remove it.");
    }
}
