using ImdbPipeline.Testing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ImdbPipeline.Telemetry.Tests;

public sealed class ServiceNameTests
{
    [Fact]
    public void A_host_keeps_its_service_name_when_a_framework_sets_another_one()
    {
        var services = new ServiceCollection();
        var telemetry = services.AddPipelineTelemetry("imdb-test", TestSettings.Of(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")))!;
        telemetry.ConfigureResource(resource => resource.AddService("a framework's choice"));
        telemetry.NameService("imdb-test");
        using var provider = services.BuildServiceProvider();

        var resource = provider.GetRequiredService<TracerProvider>().GetResource();

        Assert.Equal("imdb-test", resource.Attributes.Single(attribute => attribute.Key == "service.name").Value);
    }
}
