using System.Text.Json;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Infra.Tests;

[Slow]
public sealed partial class ContainersTests
{
    [Fact]
    public async Task The_trainer_job_takes_one_message_per_execution_and_has_cost_limits()
    {
        var job = (await Bicep.CompileAsync("modules/trainer.bicep")).Resources("Microsoft.App/jobs").Single().GetProperty("properties").GetProperty("configuration");
        Assert.Equal(0, job.GetProperty("replicaRetryLimit").GetInt32());
        Assert.Equal("[parameters('timeoutSeconds')]", job.GetProperty("replicaTimeout").GetString());
        var trigger = job.GetProperty("eventTriggerConfig");
        Assert.Equal((1, 1), (trigger.GetProperty("parallelism").GetInt32(), trigger.GetProperty("replicaCompletionCount").GetInt32()));
        Assert.Equal("[parameters('maxExecutions')]", trigger.GetProperty("scale").GetProperty("maxExecutions").GetString());
        var rule = trigger.GetProperty("scale").GetProperty("rules").EnumerateArray().Single();
        Assert.Equal("azure-queue", rule.GetProperty("type").GetString());
        Assert.Equal("1", rule.GetProperty("metadata").GetProperty("queueLength").GetString());
        Assert.True(rule.TryGetProperty("identity", out _));
        Assert.False(rule.TryGetProperty("auth", out _));

        var main = await Bicep.CompileAsync("main.bicep");
        Assert.Equal(StorageLayout.TrainingJobsQueue, Parameters(main, "trainer").GetProperty("queue").GetProperty("value").GetString());
        Assert.InRange(main.GetProperty("parameters").GetProperty("trainingTimeoutSeconds").GetProperty("defaultValue").GetInt32(), 600, 86400);
    }

    [Fact]
    public async Task The_Functions_app_scales_to_zero_and_pulls_its_image_with_an_identity()
    {
        var main = await Bicep.CompileAsync("main.bicep");
        Assert.Equal(0, main.GetProperty("parameters").GetProperty("minReplicas").GetProperty("defaultValue").GetInt32());
        var app = (await Bicep.CompileAsync("modules/functions.bicep")).Resources("Microsoft.App/containerApps").Single();
        Assert.Equal("functionapp", app.GetProperty("kind").GetString());
        var configuration = app.GetProperty("properties").GetProperty("configuration");
        Assert.False(configuration.GetProperty("ingress").GetProperty("allowInsecure").GetBoolean());
        Assert.All(configuration.GetProperty("registries").EnumerateArray(), registry => Assert.True(registry.TryGetProperty("identity", out _)));
        Assert.False(configuration.TryGetProperty("secrets", out _));
    }

    [Fact]
    public async Task Health_probes_use_the_port_the_Functions_app_listens_on()
    {
        var properties = (await Bicep.CompileAsync("modules/functions.bicep")).Resources("Microsoft.App/containerApps").Single().GetProperty("properties");
        var probes = properties.GetProperty("template").GetProperty("containers")[0].GetProperty("probes").EnumerateArray().ToDictionary(probe => probe.GetProperty("type").GetString()!);
        Assert.Equal(["Liveness", "Startup"], probes.Keys.Order(StringComparer.Ordinal));
        Assert.All(probes.Values, probe => Assert.Equal("[variables('health')]", probe.GetProperty("httpGet").GetString()));
        Assert.Contains("http://+:{0}', variables('port')", Environment(properties), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("modules/functions.bicep", "Microsoft.App/containerApps", "AZURE_CLIENT_ID")]
    [InlineData("modules/functions.bicep", "Microsoft.App/containerApps", "AzureWebJobsStorage__clientId")]
    [InlineData("modules/functions.bicep", "Microsoft.App/containerApps", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING")]
    [InlineData("modules/trainer.bicep", "Microsoft.App/jobs", "AZURE_CLIENT_ID")]
    [InlineData("modules/trainer.bicep", "Microsoft.App/jobs", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING")]
    public async Task Every_client_gets_the_client_id_of_its_identity(string module, string type, string setting)
    {
        var environment = Environment((await Bicep.CompileAsync(module)).Resources(type).Single().GetProperty("properties"));
        Assert.Matches($@"createObject\('name', '{setting}', 'value', [^)]*\)[^)]*\.clientId", environment);
    }

    [Fact]
    public async Task Blob_triggers_are_disabled_because_Event_Grid_reports_uploads()
    {
        var functions = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "ImdbPipeline.Functions"), "*.cs")
            .SelectMany(file => BlobTriggered().Matches(File.ReadAllText(file))).Select(match => match.Groups["function"].Value);
        var settings = Parameters(await Bicep.CompileAsync("main.bicep"), "functions").GetProperty("settings").GetProperty("value").GetString()!;
        Assert.Equal(functions.Order(StringComparer.Ordinal), DisabledFunction().Matches(settings).Select(match => match.Groups["function"].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_setting_referenced_by_a_trigger_is_set()
    {
        var sources = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "ImdbPipeline.Functions"), "*.cs").Select(File.ReadAllText));
        var settings = Parameters(await Bicep.CompileAsync("main.bicep"), "functions").GetProperty("settings").GetProperty("value").GetString()!;
        var referenced = ReferencedSetting().Matches(sources).Select(match => match.Groups["setting"].Value).ToList();
        Assert.NotEmpty(referenced);
        Assert.All(referenced, setting => Assert.Contains($"createObject('name', '{setting}', ", settings, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Outputs_contain_no_keys_or_connection_strings()
    {
        var outputs = (await Bicep.CompileAsync("main.bicep")).GetProperty("outputs").EnumerateObject().Select(output => output.Name);
        Assert.DoesNotContain(outputs, name => name.Contains("KEY", StringComparison.OrdinalIgnoreCase) || name.Contains("CONNECTION", StringComparison.OrdinalIgnoreCase));
    }

    private static string Environment(JsonElement properties) => properties.GetProperty("template").GetProperty("containers")[0].GetProperty("env").GetString()!;

    private static JsonElement Parameters(JsonElement main, string module) => main.GetProperty("resources").GetProperty(module).GetProperty("properties").GetProperty("parameters");

    [GeneratedRegex("\"%(?<setting>\\w+)%\"")]
    private static partial Regex ReferencedSetting();

    [GeneratedRegex(@"(?<function>\w+)\(\[BlobTrigger\(")]
    private static partial Regex BlobTriggered();

    [GeneratedRegex(@"AzureWebJobs_(?<function>\w+)_Disabled', 'value', 'true'")]
    private static partial Regex DisabledFunction();
}
