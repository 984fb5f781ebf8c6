using System.Reflection;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ImdbPipeline.Telemetry;

/// <summary>Collects and exports the pipeline's telemetry, in every host.</summary>
public static class TelemetryServices
{
    // Requests to the HTTP endpoints, in hosts that are ASP.NET Core applications.
    private const string Requests = "Microsoft.AspNetCore";
    private const string RequestMetrics = "Microsoft.AspNetCore.Hosting";

    /// <summary>Sends spans, metrics and log records to the configured destinations; adds nothing if there are none.</summary>
    /// <param name="service">The host's <c>service.name</c>, unless <c>OTEL_SERVICE_NAME</c> overrides it.</param>
    /// <returns>For additions by the host; null if nothing is collected.</returns>
    /// <exception cref="InputRejectedException">A setting is invalid.</exception>
    public static OpenTelemetryBuilder? AddPipelineTelemetry(this IServiceCollection services, string service, IConfiguration settings)
    {
        var options = settings.Read<TelemetryOptions>();
        if (!options.IsEnabled)
            return null;
        var telemetry = services.AddOpenTelemetry()
            .NameService(service)
            .WithTracing(traces => traces.AddSource(PipelineTelemetry.Name, Requests))
            .WithMetrics(metrics => metrics.AddMeter(PipelineTelemetry.Name, RequestMetrics))
            .WithLogging(configureBuilder: null, logs => (logs.IncludeFormattedMessage, logs.IncludeScopes) = (true, true));
        if (options.Otlp)
            telemetry.UseOtlpExporter();
        // One call per signal: the exporter's call for all signals needs a generic host.
        if (options.AzureMonitor is not null)
            telemetry
                .WithTracing(traces => traces.AddAzureMonitorTraceExporter(Configure))
                .WithMetrics(metrics => metrics.AddAzureMonitorMetricExporter(Configure))
                .WithLogging(logs => logs.AddAzureMonitorLogExporter(Configure));
        return telemetry;

        void Configure(AzureMonitorExporterOptions exporter)
        {
            exporter.ConnectionString = options.AzureMonitor;
            exporter.Credential = options.AzureAuthentication is not null ? new DefaultAzureCredential(Credentials()) : null;
            // No sampling: the exporter's default of five traces per second would drop traces that operators look for.
            (exporter.TracesPerSecond, exporter.SamplingRatio) = (null, 1);
        }

        // If unset, AZURE_CLIENT_ID applies.
        DefaultAzureCredentialOptions Credentials() =>
            options.AzureClientId is { } client ? new() { ManagedIdentityClientId = client } : new();
    }

    /// <summary>Sets <c>service.name</c>, also after additions that set it to something else.</summary>
    /// <inheritdoc cref="AddPipelineTelemetry" path="/param[@name='service']"/>
    public static T NameService<T>(this T telemetry, string service) where T : IOpenTelemetryBuilder
    {
        telemetry.ConfigureResource(resource => resource.AddService(service, serviceVersion: Version).AddEnvironmentVariableDetector());
        return telemetry;
    }

    /// <summary>Starts collecting in a process without a generic host: a command, a container job. Disposing the services flushes and stops it.</summary>
    public static void StartTelemetry(this IServiceProvider services)
    {
        services.GetService<TracerProvider>();
        services.GetService<MeterProvider>();
    }

    private static string Version => typeof(TelemetryServices).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
