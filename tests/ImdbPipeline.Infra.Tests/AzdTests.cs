using System.Text.RegularExpressions;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Containers;
using YamlDotNet.Serialization;

namespace ImdbPipeline.Infra.Tests;

/// <summary>Checks the input of <c>azd up</c>: <c>azure.yaml</c> and <c>main.bicepparam</c>.</summary>
public sealed partial class AzdTests
{
    private static readonly Dictionary<string, object> AzureYaml =
        new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(File.ReadAllText(Path.Combine(Repository.Root, "azure.yaml")));

    private static readonly Dictionary<string, Dictionary<object, object>> Services =
        ((Dictionary<object, object>)AzureYaml["services"]).ToDictionary(service => (string)service.Key, service => (Dictionary<object, object>)service.Value);

    [Fact]
    public void The_infra_module_and_its_parameter_file_exist()
    {
        var infra = (Dictionary<object, object>)AzureYaml["infra"];
        Assert.True(File.Exists(Path.Combine(Repository.Root, (string)infra["path"], infra["module"] + ".bicep")));
        Assert.True(File.Exists(Path.Combine(Repository.Root, (string)infra["path"], infra["module"] + ".bicepparam")));
    }

    [Fact]
    public void Services_match_the_resources_tagged_for_azd()
    {
        var tagged = Directory.EnumerateFiles(Path.Combine(Bicep.Folder, "modules"), "*.bicep").SelectMany(module => ServiceTag().Matches(File.ReadAllText(module))).Select(match => match.Groups["service"].Value);
        Assert.Equal(tagged.Order(), Services.Keys.Order());
        Assert.All(Services.Values, service => Assert.Equal("containerapp", service["host"]));
    }

    [Fact]
    public void Each_service_is_built_remotely_from_its_Dockerfile_with_the_repository_as_context()
    {
        foreach (var service in Services.Values)
        {
            var docker = (Dictionary<object, object>)service["docker"];
            Assert.Equal((".", ".", "true"), (service["project"], docker["context"], docker["remoteBuild"]));
            Assert.NotEmpty(Dockerfile.Read((string)docker["path"]).Stages);
        }
    }

    [Fact]
    public void Build_arguments_are_declared_in_the_Dockerfile()
    {
        var docker = (Dictionary<object, object>)Services["trainer"]["docker"];
        var argument = Assert.Single((List<object>)docker["buildArgs"]).ToString()!.Split('=')[0];
        Assert.Contains(Dockerfile.Read((string)docker["path"]).Stages[0].InstructionsNamed("ARG"), arg => arg.Arguments.Split('=')[0] == argument);
    }

    /// <summary>azd sets <c>SERVICE_{name}_IMAGE_NAME</c> after building a service's image.</summary>
    [Fact]
    public void Provisioning_again_keeps_the_deployed_images()
    {
        var parameters = File.ReadAllText(Path.Combine(Bicep.Folder, "main.bicepparam"));
        Assert.All(Services.Keys, service => Assert.Contains($"param {service}Image = readEnvironmentVariable('SERVICE_{service.ToUpperInvariant()}_IMAGE_NAME', ", parameters, StringComparison.Ordinal));
    }

    [GeneratedRegex("'azd-service-name': '(?<service>[^']+)'")]
    private static partial Regex ServiceTag();
}
