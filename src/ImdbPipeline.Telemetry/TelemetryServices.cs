using System.Reflection;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using ImdbPipeline.Core.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ImdbPipeline.Telemetry;

/// <summary>Collects what the pipeline tells of itself and sends it on, for every host alike.</summary>
public static class TelemetryServices
{
    // Requests to the HTTP endpoints, where the host is an ASP.NET Core application.
    private const string Requests = "Microsoft.AspNetCore";
    private const string RequestMetrics = "Microsoft.AspNetCore.Hosting";

    /// <summary>Spans, metrics and log lines to where the options say; costs nothing where they say nowhere.</summary>
    /// <param name="service">The host's <c>service.name</c>, unless <c>OTEL_SERVICE_NAME</c> says another.</param>
    /// <returns>For a host's own additions; null where nothing is collected.</returns>
    public static OpenTelemetryBuilder? AddPipelineTelemetry(this IServiceCollection services, string service, TelemetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.IsSomewhere)
            return null;
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(service, serviceVersion: Version).AddEnvironmentVariableDetector())
            .WithTracing(traces => traces.AddSource(PipelineTelemetry.Name, Requests))
            .WithMetrics(metrics => metrics.AddMeter(PipelineTelemetry.Name, RequestMetrics))
            .WithLogging(configureBuilder: null, lines => (lines.IncludeFormattedMessage, lines.IncludeScopes) = (true, true));
        if (options.Otlp)
            telemetry.UseOtlpExporter();
        // Signal by signal: the exporter's one call for all of them needs a generic host to start it.
        if (options.AzureMonitor is not null)
            telemetry
                .WithTracing(traces => traces.AddAzureMonitorTraceExporter(Configure))
                .WithMetrics(metrics => metrics.AddAzureMonitorMetricExporter(Configure))
                .WithLogging(lines => lines.AddAzureMonitorLogExporter(Configure));
        return telemetry;

        void Configure(AzureMonitorExporterOptions exporter)
        {
            exporter.ConnectionString = options.AzureMonitor;
            exporter.Credential = options.AzureIdentity ? new DefaultAzureCredential(Credentials()) : null;
            // All of it: the exporter's own limit of five traces a second drops the one that is looked for.
            (exporter.TracesPerSecond, exporter.SamplingRatio) = (null, 1);
        }

        // Unset, it is what AZURE_CLIENT_ID says.
        DefaultAzureCredentialOptions Credentials() =>
            options.AzureClientId is { } client ? new() { ManagedIdentityClientId = client } : new();
    }

    /// <summary>Begins to collect where no generic host starts hosted services: a command, a container job. Ends, and sends the rest, with the services.</summary>
    public static void StartTelemetry(this IServiceProvider services)
    {
        services.GetService<TracerProvider>();
        services.GetService<MeterProvider>();
    }

    private static string Version => typeof(TelemetryServices).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
