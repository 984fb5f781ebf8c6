using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Telemetry;

/// <summary>Where spans, metrics and logs are sent: an OpenTelemetry collector, Azure Monitor, both, or nowhere.</summary>
public sealed record TelemetryOptions
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string AzureConnection = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string AzureAuthentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
    private const string ClientIdPrefix = "ClientId=";
    private const string EntraAuthentication = "Authorization=AAD";

    private static readonly string[] Endpoints =
        [Endpoint, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"];

    /// <summary>Whether OpenTelemetry settings name a collector; the exporter reads the other settings itself.</summary>
    public bool Otlp { get; init; }

    /// <summary>Connection string of the Application Insights resource; null for none.</summary>
    public string? AzureMonitor { get; init; }

    /// <summary>Whether to authenticate with the process's Azure identity, as a resource without local authentication requires.</summary>
    public bool UseAzureIdentity { get; init; }

    /// <summary>Client ID of the user-assigned identity; null for the process's only identity.</summary>
    public string? AzureClientId { get; init; }

    public bool IsEnabled => Otlp || AzureMonitor is not null;

    /// <summary>Reads <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> (or the variant for one signal), <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> and <c>…_AUTHENTICATION_STRING</c>.</summary>
    /// <param name="setting">Looks up a setting by name.</param>
    /// <exception cref="InputRejectedException">A setting is invalid.</exception>
    public static TelemetryOptions From(Func<string, string?> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        var otlp = false;
        foreach (var name in Endpoints)
        {
            if (setting(name) is not { Length: > 0 } value)
                continue;
            if (!Uri.TryCreate(value, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                throw Invalid(name, "an absolute http or https address", value, "Correct it, or leave it out to send nothing.");
            otlp = true;
        }

        var connection = setting(AzureConnection) is { Length: > 0 } text ? text : null;
        if (connection is not null && !connection.Contains("InstrumentationKey=", StringComparison.OrdinalIgnoreCase))
            throw Invalid(AzureConnection, "a connection string with InstrumentationKey=…", "no InstrumentationKey", "Copy it from the Application Insights resource, or leave it out.");
        var authentication = (setting(AzureAuthentication) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var client = authentication.FirstOrDefault(part => part.StartsWith(ClientIdPrefix, StringComparison.OrdinalIgnoreCase) && part.Length > ClientIdPrefix.Length);
        if (authentication.Length > 0 && !authentication.Order(StringComparer.OrdinalIgnoreCase).SequenceEqual(client is null ? [EntraAuthentication] : [EntraAuthentication, client], StringComparer.OrdinalIgnoreCase))
            throw Invalid(AzureAuthentication, $"{EntraAuthentication}, or {ClientIdPrefix}…;{EntraAuthentication}", string.Join(';', authentication), "Correct it, or leave it out where the resource allows local authentication.");
        return new TelemetryOptions { Otlp = otlp, AzureMonitor = connection, UseAzureIdentity = authentication.Length > 0, AzureClientId = client?[ClientIdPrefix.Length..] };
    }

    private static InputRejectedException Invalid(string name, string expected, string found, string remedy) =>
        new(ErrorRules.SettingInvalid, $"setting {name}", expected, found == "no InstrumentationKey" ? found : $"'{found}'", remedy);
}
