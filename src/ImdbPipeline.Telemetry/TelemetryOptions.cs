using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Telemetry;

/// <summary>Where spans, metrics and logs are sent: an OpenTelemetry collector, Azure Monitor, both, or nowhere.</summary>
/// <remarks>The OpenTelemetry exporter reads its settings itself; here they only say whether there is a collector.</remarks>
public sealed partial record TelemetryOptions
{
    private const string Address = "an absolute http or https address";
    private const string Headers = "name=value, separated by commas";
    private const string HeadersPattern = "[^=,]+=[^,]*(,[^=,]+=[^,]*)*";
    // Every part is name=value, one is the key, and those that end in Endpoint are absolute addresses.
    private const string Connection = @"(?i)(?=(.*;)?\s*InstrumentationKey=[^;\s])(\s*(\w*Endpoint=https?://[^;/\s][^;\s]*|\w+(?<!Endpoint)=[^;]*)\s*(;|$))+\s*";
    private const string Authentication = "(?i)(Authorization=AAD|ClientId=[^; ]+ *; *Authorization=AAD|Authorization=AAD *; *ClientId=[^; ]+) *;?$";

    [Setting("OTEL_EXPORTER_OTLP_ENDPOINT", Address), WebAddress]
    public Uri? Endpoint { get; init; }

    [Setting("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", Address), WebAddress]
    public Uri? TracesEndpoint { get; init; }

    [Setting("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", Address), WebAddress]
    public Uri? MetricsEndpoint { get; init; }

    [Setting("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", Address), WebAddress]
    public Uri? LogsEndpoint { get; init; }

    [Setting("OTEL_EXPORTER_OTLP_HEADERS", Headers, IsSecret = true), RegularExpression(HeadersPattern)]
    public string? AllHeaders { get; init; }

    [Setting("OTEL_EXPORTER_OTLP_TRACES_HEADERS", Headers, IsSecret = true), RegularExpression(HeadersPattern)]
    public string? TracesHeaders { get; init; }

    [Setting("OTEL_EXPORTER_OTLP_METRICS_HEADERS", Headers, IsSecret = true), RegularExpression(HeadersPattern)]
    public string? MetricsHeaders { get; init; }

    [Setting("OTEL_EXPORTER_OTLP_LOGS_HEADERS", Headers, IsSecret = true), RegularExpression(HeadersPattern)]
    public string? LogsHeaders { get; init; }

    /// <summary>Connection string of the Application Insights resource; null for none.</summary>
    [Setting("APPLICATIONINSIGHTS_CONNECTION_STRING", "a connection string with InstrumentationKey=… and, if given, absolute addresses", IsSecret = true), RegularExpression(Connection)]
    public string? AzureMonitor { get; init; }

    /// <summary>Authenticates with the process's Azure identity, as a resource without local authentication requires; null for the connection string alone.</summary>
    [Setting("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "Authorization=AAD, or ClientId=…;Authorization=AAD"), RegularExpression(Authentication)]
    public string? AzureAuthentication { get; init; }

    /// <summary>Client ID of the user-assigned identity; null for the process's only identity.</summary>
    public string? AzureClientId => ClientId().Match(AzureAuthentication ?? "") is { Success: true } match ? match.Groups["id"].Value : null;

    public bool Otlp => (Endpoint ?? TracesEndpoint ?? MetricsEndpoint ?? LogsEndpoint) is not null;

    public bool IsEnabled => Otlp || AzureMonitor is not null;

    [GeneratedRegex("ClientId=(?<id>[^; ]+)", RegexOptions.IgnoreCase)]
    private static partial Regex ClientId();
}
