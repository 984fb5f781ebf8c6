using Azure.Core;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Storage;

/// <summary>
/// The pipeline's storage account: a connection string (<c>UseDevelopmentStorage=true</c> locally), or its service
/// addresses, accessed with the process's Azure identity.
/// </summary>
public sealed record StorageOptions
{
    /// <summary>The Functions host's storage setting; the pipeline uses the same account.</summary>
    public const string Setting = "AzureWebJobsStorage";

    public const string Development = "UseDevelopmentStorage=true";

    public string? ConnectionString { get; init; }

    public Uri? BlobServiceUri { get; init; }

    public Uri? QueueServiceUri { get; init; }

    public StorageRetries Retries { get; init; } = new();

    /// <summary>Called with every client's options, for example to add a policy or a transport.</summary>
    public Action<ClientOptions>? Client { get; init; }

    /// <summary>Reads <c>AzureWebJobsStorage</c>, or <c>AzureWebJobsStorage__blobServiceUri</c> and <c>…__queueServiceUri</c>.</summary>
    /// <param name="setting">Looks up a setting by name; Azure separates levels by <c>:</c> or <c>__</c>, so both are tried.</param>
    /// <exception cref="InputRejectedException">The settings are missing or invalid.</exception>
    public static StorageOptions From(Func<string, string?> setting)
    {
        if (setting(Setting) is { Length: > 0 } connectionString)
            return new StorageOptions { ConnectionString = connectionString };

        string? blobs = Level("blobServiceUri"), queues = Level("queueServiceUri");
        if (blobs is null && queues is null)
            throw new InputRejectedException(
                ErrorRules.StorageSettingMissing, $"setting {Setting}",
                $"a connection string, or {Setting}__blobServiceUri and {Setting}__queueServiceUri", "nothing",
                $"Locally set {Setting} to {Development}; see local.settings.sample.json.");

        return new StorageOptions { BlobServiceUri = Address("blobServiceUri", blobs), QueueServiceUri = Address("queueServiceUri", queues) };

        string? Level(string name) =>
            setting($"{Setting}__{name}") is { Length: > 0 } flat ? flat
            : setting($"{Setting}:{name}") is { Length: > 0 } nested ? nested
            : null;

        static Uri Address(string name, string? value) =>
            Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                ? uri
                : throw new InputRejectedException(
                    ErrorRules.StorageSettingInvalid, $"setting {Setting}__{name}", "an absolute http or https address",
                    value is null ? "nothing" : $"'{value}'", "Set both service addresses of the storage account.");
    }
}
