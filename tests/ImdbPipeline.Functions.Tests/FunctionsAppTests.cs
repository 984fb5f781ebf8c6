using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.Scoring;
using ImdbPipeline.LocalHost.Queues;
using ImdbPipeline.Telemetry;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Functions.Tests;

/// <summary>Checks the triggers and <c>host.json</c> by reading their sources, without a Functions host.</summary>
public sealed partial class FunctionsAppTests
{
    private static readonly string Root = Repository.Root;

    private static readonly string Sources = string.Concat(
        Directory.EnumerateFiles(Path.Combine(Root, "src", "ImdbPipeline.Functions"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Order()
            .Select(File.ReadAllText));

    [Fact]
    public void Every_queue_except_the_trainers_has_exactly_one_trigger()
    {
        var triggered = QueueTrigger().Matches(Sources).Select(match => (string)typeof(StorageLayout).GetField(match.Groups["constant"].Value)!.GetValue(null)!);
        Assert.Equal(StorageLayout.Queues.Where(queue => queue != StorageLayout.TrainingJobsQueue).Order(), triggered.Order());
    }

    [Fact]
    public void Both_upload_containers_have_a_trigger_that_does_not_load_the_blob() =>
        Assert.Equal(["DatasetsTrigger", "IncomingTrigger"], BlobTrigger().Matches(Sources).Select(match => match.Groups["constant"].Value).Order());

    [Fact]
    public void The_Functions_host_and_the_local_host_allow_the_same_number_of_failures()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "host.json")));
        var extensions = host.RootElement.GetProperty("extensions");
        Assert.Equal(new QueuePumpOptions().MaxDequeueCount, extensions.GetProperty("queues").GetProperty("maxDequeueCount").GetInt32());
        Assert.Equal(new LocalHost.Blobs.BlobTriggerOptions().PoisonBlobThreshold, extensions.GetProperty("blobs").GetProperty("poisonBlobThreshold").GetInt32());
        Assert.Equal("none", extensions.GetProperty("queues").GetProperty("messageEncoding").GetString());
    }

    [Fact]
    public void Host_and_worker_both_use_OpenTelemetry()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "host.json")));
        Assert.Equal("OpenTelemetry", host.RootElement.GetProperty("telemetryMode").GetString());
        Assert.Contains(".UseFunctionsWorkerDefaults()", Sources, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_settings_contain_a_valid_storage_setting()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "local.settings.sample.json")));
        var values = sample.RootElement.GetProperty("Values");
        var storage = StorageOptions.From(TestSettings.Of(("AzureWebJobsStorage", values.GetProperty("AzureWebJobsStorage").GetString()!)));
        Assert.Equal(StorageOptions.Development, storage.ConnectionString);
        Assert.Equal("dotnet-isolated", values.GetProperty("FUNCTIONS_WORKER_RUNTIME").GetString());
    }

    [Fact]
    public void The_sample_settings_contain_every_setting_the_app_reads_and_the_docs_explain_each()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "local.settings.sample.json")));
        var values = sample.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString());
        // Left out: alternatives (service addresses, endpoints per signal), and the hub, from which only trainers download.
        var read = new[] { typeof(StorageOptions), typeof(IngestOptions), typeof(ScoringOptions), typeof(HubOptions), typeof(TelemetryOptions) }
            .SelectMany(options => options.GetProperties()).Select(property => property.GetCustomAttribute<SettingAttribute>()?.Name).OfType<string>()
            .Where(name => name != "HF_ENDPOINT" && !name.Contains(':', StringComparison.Ordinal) && (!name.StartsWith("OTEL_EXPORTER_OTLP_", StringComparison.Ordinal) || name == "OTEL_EXPORTER_OTLP_ENDPOINT"));
        Assert.Equal(read.Concat(["FUNCTIONS_WORKER_RUNTIME", .. ResolvedSetting().Matches(Sources).Select(match => match.Groups["setting"].Value)]).Order(StringComparer.Ordinal), values.Keys.Order(StringComparer.Ordinal));

        var documented = File.ReadAllText(Path.Combine(Root, "docs", "operations.md"));
        Assert.All(values.Keys, name => Assert.Contains($"\n| `{name}` |", documented, StringComparison.Ordinal));
    }

    // Settings that the host resolves in trigger attributes.
    [GeneratedRegex("\"%(?<setting>\\w+)%\"")]
    private static partial Regex ResolvedSetting();

    [GeneratedRegex(@"\[QueueTrigger\(StorageLayout\.(?<constant>\w+)\)\]")]
    private static partial Regex QueueTrigger();

    [GeneratedRegex(@"\[BlobTrigger\(StorageLayout\.(?<constant>\w+)\)\] BlobClient ")]
    private static partial Regex BlobTrigger();
}
