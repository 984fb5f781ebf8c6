using System.Text.RegularExpressions;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.Core.Training;

namespace ImdbPipeline.Infra.Tests;

/// <summary>An alert on a metric that nobody counts would never be mailed.</summary>
public sealed partial class AlertsTests
{
    [Fact]
    public async Task Given_up_messages_and_failed_runs_are_mailed_as_they_are_counted()
    {
        var alerts = (await Bicep.CompileAsync("modules/alerts.bicep")).GetProperty("variables").GetProperty("alerts").EnumerateArray()
            .Select(alert => alert.GetProperty("query").GetString()!).ToList();
        Assert.Equal([PipelineTelemetry.MessagesGivenUp, PipelineTelemetry.RunsEnded], alerts.Select(query => Metric().Match(query).Groups["name"].Value));
        Assert.Contains($"customDimensions[\"imdb.run.state\"] == \"{nameof(RunState.Failed).ToLowerInvariant()}\"", alerts[1], StringComparison.Ordinal);
    }

    [GeneratedRegex("^customMetrics \\| where name == \"(?<name>[^\"]+)\"")]
    private static partial Regex Metric();
}
