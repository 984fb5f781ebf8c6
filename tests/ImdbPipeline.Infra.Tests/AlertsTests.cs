using System.Text.RegularExpressions;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Infra.Tests;

/// <summary>Alert queries must name metrics that the code records; an alert on any other metric never fires.</summary>
[Slow]
public sealed partial class AlertsTests
{
    [Fact]
    public async Task Alerts_query_the_recorded_metrics_of_poison_messages_and_failed_runs()
    {
        var alerts = (await Bicep.CompileAsync("modules/alerts.bicep")).GetProperty("variables").GetProperty("alerts").EnumerateArray()
            .Select(alert => alert.GetProperty("query").GetString()!).ToList();
        Assert.Equal([PipelineTelemetry.PoisonMessages, PipelineTelemetry.RunsEnded], alerts.Select(query => Metric().Match(query).Groups["name"].Value));
        Assert.Contains($"customDimensions[\"imdb.run.state\"] == \"{nameof(RunState.Failed).ToLowerInvariant()}\"", alerts[1], StringComparison.Ordinal);
    }

    [GeneratedRegex("^customMetrics \\| where name == \"(?<name>[^\"]+)\"")]
    private static partial Regex Metric();
}
