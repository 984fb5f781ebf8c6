using ImdbPipeline.Core;

namespace ImdbPipeline.Telemetry;

/// <summary>Where spans, metrics and logs go: an OpenTelemetry collector, Azure Monitor, both, or nowhere.</summary>
public sealed record TelemetryOptions
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string AzureConnection = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string AzureAuthentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
    private const string Identity = "ClientId=";
    private const string WithIdentity = "Authorization=AAD";

    private static readonly string[] Endpoints =
        [Endpoint, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"];

    /// <summary>Whether OpenTelemetry's own settings name a collector; the exporter reads the rest of them itself.</summary>
    public bool Otlp { get; init; }

    /// <summary>Names the Application Insights resource; null for none.</summary>
    public string? AzureMonitor { get; init; }

    /// <summary>Whether Application Insights is told with the process's Azure identity, as a resource without local authentication demands.</summary>
    public bool AzureIdentity { get; init; }

    /// <summary>Which of several user-assigned identities that is; null for the process's only one.</summary>
    public string? AzureClientId { get; init; }

    public bool IsSomewhere => Otlp || AzureMonitor is not null;

    /// <summary>Reads <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> (or a signal's own), <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> and <c>…_AUTHENTICATION_STRING</c>.</summary>
    /// <param name="setting">Looks a setting up by name.</param>
    /// <exception cref="InputRejectedException">One of them cannot be what it should be.</exception>
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
            throw Invalid(AzureConnection, "a connection string with InstrumentationKey=…", "none in it", "Copy it from the Application Insights resource, or leave it out.");
        var authentication = (setting(AzureAuthentication) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var client = authentication.FirstOrDefault(part => part.StartsWith(Identity, StringComparison.OrdinalIgnoreCase) && part.Length > Identity.Length);
        if (authentication.Length > 0 && !authentication.Order(StringComparer.OrdinalIgnoreCase).SequenceEqual(client is null ? [WithIdentity] : [WithIdentity, client], StringComparer.OrdinalIgnoreCase))
            throw Invalid(AzureAuthentication, $"{WithIdentity}, or {Identity}…;{WithIdentity}", string.Join(';', authentication), "Correct it, or leave it out where the resource allows local authentication.");
        return new TelemetryOptions { Otlp = otlp, AzureMonitor = connection, AzureIdentity = authentication.Length > 0, AzureClientId = client?[Identity.Length..] };
    }

    private static InputRejectedException Invalid(string name, string expected, string found, string remedy) =>
        new("setting-invalid", $"setting {name}", expected, found == "none in it" ? found : $"'{found}'", remedy);
}
