using System.Reflection;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Telemetry;

/// <summary>Checks that <c>docs/operations.md</c> names every span and metric.</summary>
public sealed partial class OperationsPageTests
{
    private static readonly string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

    [Fact]
    public void Every_span_is_documented()
    {
        var spans = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Span().Matches(File.ReadAllText(file))).Select(match => match.Groups["name"].Value).Distinct().ToList();
        Assert.True(spans.Count > 15, $"{spans.Count} spans");
        Assert.All(spans, name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_metric_is_documented()
    {
        var metrics = typeof(PipelineTelemetry).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.Name != nameof(PipelineTelemetry.Name))
            .Select(field => (string)field.GetValue(null)!).ToList();
        Assert.NotEmpty(metrics);
        Assert.All(metrics, name => Assert.Contains($"| `{name}` |", page, StringComparison.Ordinal));
    }

    [GeneratedRegex("Stage\\.Run(Async)?(<[^>]+>)?\\(\\s*\"(?<name>[^\"]+)\"")]
    private static partial Regex Span();
}
