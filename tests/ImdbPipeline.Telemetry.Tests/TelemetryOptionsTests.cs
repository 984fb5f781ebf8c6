using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Telemetry.Tests;

public sealed class TelemetryOptionsTests
{
    [Fact]
    public void Without_settings_nothing_is_sent() => Assert.False(TestSettings.None.Read<TelemetryOptions>().IsEnabled);

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector/v1/traces")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "https://collector/v1/metrics")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "https://collector/v1/logs")]
    public void An_endpoint_setting_enables_OTLP(string name, string value) =>
        Assert.True(TestSettings.Of((name, value)).Read<TelemetryOptions>() is { Otlp: true, AzureMonitor: null });

    [Theory]
    [InlineData("Authorization=AAD", null)]
    [InlineData("ClientId=0a1b;Authorization=AAD", "0a1b")]
    [InlineData("authorization=aad; clientid=0a1b;", "0a1b")]
    public void The_authentication_setting_selects_the_Azure_identity(string value, string? client) =>
        Assert.Equal(client, TestSettings.Of(("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", value)).Read<TelemetryOptions>() is { AzureAuthentication: not null } options ? options.AzureClientId : "none");

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "file:///tmp/logs")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "abc")]
    [InlineData("APPLICATIONINSIGHTS_CONNECTION_STRING", "IngestionEndpoint=https://example.com/")]
    [InlineData("APPLICATIONINSIGHTS_CONNECTION_STRING", "InstrumentationKey=1;IngestionEndpoint=example")]
    [InlineData("APPLICATIONINSIGHTS_CONNECTION_STRING", "InstrumentationKey=;IngestionEndpoint=https://example.com/")]
    [InlineData("APPLICATIONINSIGHTS_CONNECTION_STRING", "InstrumentationKey")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "Authorization=Key")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "ClientId=0a1b")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "ClientId=;Authorization=AAD")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "ClientId=0a1b;ClientId=2c3d;Authorization=AAD")]
    public void An_invalid_setting_is_named_in_the_error(string name, string value) =>
        Assert.Contains($"setting {name}", Assert.Throws<InputRejectedException>(() => TestSettings.Of((name, value)).Read<TelemetryOptions>()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("InstrumentationKey=00000000-0000-0000-0000-000000000001")]
    [InlineData("InstrumentationKey=1;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;LiveEndpoint=https://westeurope.livediagnostics.monitor.azure.com/;ApplicationId=2")]
    [InlineData("IngestionEndpoint=http://127.0.0.1:8080/;InstrumentationKey=1;")]
    public void A_connection_string_as_Azure_shows_it_is_valid(string value) =>
        Assert.Equal(value, TestSettings.Of(("APPLICATIONINSIGHTS_CONNECTION_STRING", value)).Read<TelemetryOptions>().AzureMonitor);

    [Fact]
    public void An_invalid_connection_string_is_not_repeated_in_the_error() =>
        Assert.DoesNotContain("key-1", Assert.Throws<InputRejectedException>(() => TestSettings.Of(("APPLICATIONINSIGHTS_CONNECTION_STRING", "Secret=key-1")).Read<TelemetryOptions>()).Message, StringComparison.Ordinal);
}
