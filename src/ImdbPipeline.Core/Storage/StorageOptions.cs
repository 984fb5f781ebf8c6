using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using ImdbPipeline.Core.Foundation;
using Microsoft.Extensions.Configuration;

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

    private const string Addresses = "the http or https addresses of both services of the storage account";

    [Setting(Setting, "a connection string", IsSecret = true)]
    public string? ConnectionString { get; init; }

    [Setting($"{Setting}:blobServiceUri", Addresses), WebAddress]
    public Uri? BlobServiceUri { get; init; }

    [Setting($"{Setting}:queueServiceUri", Addresses), WebAddress]
    public Uri? QueueServiceUri { get; init; }

    public StorageRetries Retries { get; init; } = new();

    /// <summary>Called with every client's options, for example to add a policy or a transport.</summary>
    public Action<ClientOptions>? Client { get; init; }

    /// <summary>Address of the blob service.</summary>
    public Uri BlobAddress => BlobServiceUri ?? new BlobServiceClient(ConnectionString).Uri;

    /// <summary>Reads <c>AzureWebJobsStorage</c>, or <c>AzureWebJobsStorage__blobServiceUri</c> and <c>…__queueServiceUri</c>.</summary>
    /// <exception cref="InputRejectedException">The settings are missing or invalid.</exception>
    public static StorageOptions From(IConfiguration settings)
    {
        var options = settings.Read<StorageOptions>();
        return options is { ConnectionString: not null } or { BlobServiceUri: not null, QueueServiceUri: not null }
            ? options.Validated($"setting {Setting}")
            : throw new InputRejectedException(
                ErrorRules.StorageSettingMissing, $"setting {Setting}", $"a connection string, or {Setting}__blobServiceUri and {Setting}__queueServiceUri",
                options is { BlobServiceUri: null, QueueServiceUri: null } ? "nothing" : "only one address",
                $"Locally set {Setting} to {Development}; see local.settings.sample.json.");
    }

    /// <param name="source">Where the connection string comes from, for the error.</param>
    /// <exception cref="InputRejectedException">The connection string is malformed.</exception>
    public StorageOptions Validated(string source)
    {
        try
        {
            _ = (BlobAddress, QueueServiceUri ?? new QueueServiceClient(ConnectionString).Uri);
            return this;
        }
        // The SDK throws various exceptions for malformed connection strings. The string contains a key, so do not repeat it.
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InputRejectedException(
                ErrorRules.SettingInvalid, source, "a storage account connection string", $"an invalid one ({e.Message.TrimEnd('.')})", $"Copy it from the account's access keys, or use {Development}.", e);
        }
    }
}
