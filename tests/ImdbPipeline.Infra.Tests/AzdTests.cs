using System.Text.RegularExpressions;
using ImdbPipeline.Testing;
using YamlDotNet.Serialization;

namespace ImdbPipeline.Infra.Tests;

/// <summary>What <c>azd up</c> reads: <c>azure.yaml</c> and <c>main.bicepparam</c>.</summary>
public sealed partial class AzdTests
{
    private static readonly Dictionary<string, object> File =
        new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(System.IO.File.ReadAllText(Path.Combine(Repository.Root, "azure.yaml")));

    private static readonly Dictionary<string, Dictionary<object, object>> Services =
        ((Dictionary<object, object>)File["services"]).ToDictionary(service => (string)service.Key, service => (Dictionary<object, object>)service.Value);

    [Fact]
    public void It_provisions_what_is_tested_here()
    {
        var infra = (Dictionary<object, object>)File["infra"];
        Assert.True(System.IO.File.Exists(Path.Combine(Repository.Root, (string)infra["path"], infra["module"] + ".bicep")));
        Assert.True(System.IO.File.Exists(Path.Combine(Repository.Root, (string)infra["path"], infra["module"] + ".bicepparam")));
    }

    [Fact]
    public void Its_services_are_the_resources_that_are_tagged_for_it()
    {
        var tagged = Directory.EnumerateFiles(Path.Combine(Bicep.Folder, "modules"), "*.bicep").SelectMany(module => ServiceTag().Matches(System.IO.File.ReadAllText(module))).Select(match => match.Groups["service"].Value);
        Assert.Equal(tagged.Order(), Services.Keys.Order());
        Assert.All(Services.Values, service => Assert.Equal("containerapp", service["host"]));
    }

    [Fact]
    public void Each_service_is_built_in_the_registry_from_a_Dockerfile_whose_context_is_the_repository()
    {
        foreach (var service in Services.Values)
        {
            var docker = (Dictionary<object, object>)service["docker"];
            Assert.Equal((".", ".", "true"), (service["project"], docker["context"], docker["remoteBuild"]));
            Assert.NotEmpty(Dockerfile.Read((string)docker["path"]).Stages);
        }
    }

    [Fact]
    public void The_arguments_of_a_build_are_the_Dockerfiles()
    {
        var docker = (Dictionary<object, object>)Services["trainer"]["docker"];
        var argument = Assert.Single((List<object>)docker["buildArgs"]).ToString()!.Split('=')[0];
        Assert.Contains(Dockerfile.Read((string)docker["path"]).Stages[0].Of("ARG"), arg => arg.Arguments.Split('=')[0] == argument);
    }

    /// <summary>azd sets <c>SERVICE_{name}_IMAGE_NAME</c> once it has built a service's image.</summary>
    [Fact]
    public void Provisioning_again_keeps_the_images_that_were_deployed()
    {
        var parameters = System.IO.File.ReadAllText(Path.Combine(Bicep.Folder, "main.bicepparam"));
        Assert.All(Services.Keys, service => Assert.Contains($"param {service}Image = readEnvironmentVariable('SERVICE_{service.ToUpperInvariant()}_IMAGE_NAME', ", parameters, StringComparison.Ordinal));
    }

    [GeneratedRegex("'azd-service-name': '(?<service>[^']+)'")]
    private static partial Regex ServiceTag();
}
