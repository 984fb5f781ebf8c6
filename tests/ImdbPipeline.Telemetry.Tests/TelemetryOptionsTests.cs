using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Telemetry.Tests;

public sealed class TelemetryOptionsTests
{
    [Fact]
    public void Without_settings_nothing_is_sent() => Assert.False(TelemetryOptions.From(_ => null).IsEnabled);

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector/v1/traces")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "https://collector/v1/metrics")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "https://collector/v1/logs")]
    public void An_endpoint_setting_enables_OTLP(string name, string value) =>
        Assert.Equal(new TelemetryOptions { Otlp = true }, TelemetryOptions.From(Only(name, value)));

    [Theory]
    [InlineData("Authorization=AAD", null)]
    [InlineData("ClientId=0a1b;Authorization=AAD", "0a1b")]
    [InlineData("authorization=aad; clientid=0a1b;", "0a1b")]
    public void The_authentication_setting_selects_the_Azure_identity(string value, string? client) =>
        Assert.Equal(new TelemetryOptions { UseAzureIdentity = true, AzureClientId = client }, TelemetryOptions.From(Only("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", value)));

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "file:///tmp/logs")]
    [InlineData("APPLICATIONINSIGHTS_CONNECTION_STRING", "IngestionEndpoint=https://example.com/")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "Authorization=Key")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "ClientId=0a1b")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "ClientId=;Authorization=AAD")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "ClientId=0a1b;ClientId=2c3d;Authorization=AAD")]
    public void An_invalid_setting_is_named_in_the_error(string name, string value) =>
        Assert.Contains($"setting {name}", Assert.Throws<InputRejectedException>(() => TelemetryOptions.From(Only(name, value))).Message, StringComparison.Ordinal);

    private static Func<string, string?> Only(string name, string value) => requested => requested == name ? value : null;
}
