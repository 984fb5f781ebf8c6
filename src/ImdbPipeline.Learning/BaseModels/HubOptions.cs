using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Learning.BaseModels;

/// <summary>How models are downloaded from the Hugging Face Hub or a mirror of it.</summary>
public sealed record HubOptions
{
    public const string EndpointSetting = "HF_ENDPOINT";

    public Uri Endpoint { get; init; } = new("https://huggingface.co");

    /// <summary>Tries of one file, the first included.</summary>
    public int Attempts { get; init; } = 8;

    /// <summary>Before the second try; doubled, with jitter, for each one after it.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A connection that brings no byte for this long is given up and made again.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <exception cref="InputRejectedException">The endpoint is no https address.</exception>
    public static HubOptions From(Func<string, string?> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        if (setting(EndpointSetting) is not { Length: > 0 } endpoint)
            return new HubOptions();
        // Plain http is for servers on this very machine.
        return Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
            ? new HubOptions { Endpoint = uri }
            : throw new InputRejectedException("setting-invalid", $"setting {EndpointSetting}", "an https address", $"'{endpoint}'", "Correct or remove it.");
    }
}
