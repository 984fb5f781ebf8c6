using System.Text.Json;
using System.Text.RegularExpressions;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Infra.Tests;

[Slow]
public sealed partial class RolesTests
{
    [Fact]
    public async Task Every_identity_has_exactly_the_roles_it_needs()
    {
        var assignments = (await Bicep.CompileAsync("modules/roles.bicep")).Resources("Microsoft.Authorization/roleAssignments").ToList();
        var found = assignments.SelectMany(assignment =>
            from identity in Identities(assignment)
            select $"{identity}: {Role(assignment)} on {Scope(assignment)}");

        Assert.Equal(
            new[]
            {
                "functions: Storage Blob Data Owner on storageAccounts",
                "functions: Storage Queue Data Contributor on storageAccounts",
                "functions: AcrPull on registries",
                "functions: Monitoring Metrics Publisher on components",
                "trainer: Storage Blob Data Contributor on containers of trainerContainers",
                "trainer: Storage Blob Data Reader on containers of trainerReadContainers",
                "trainer: Storage Queue Data Contributor on queues of trainerQueues",
                "trainer: AcrPull on registries",
                "trainer: Monitoring Metrics Publisher on components",
                "events: Storage Queue Data Message Sender on queues of eventsQueue",
            }.Order(StringComparer.Ordinal),
            found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_trainer_can_write_only_runs_and_models_and_access_only_its_own_queues()
    {
        var parameters = (await Bicep.CompileAsync("main.bicep")).GetProperty("resources").GetProperty("roles").GetProperty("properties").GetProperty("parameters");
        Assert.Equal(["runs", "models"], Values("trainerContainers"));
        Assert.Equal(["prepared"], Values("trainerReadContainers"));
        Assert.Equal(["training-jobs", "training-jobs-poison"], Values("trainerQueues"));

        IEnumerable<string?> Values(string parameter) => parameters.GetProperty(parameter).GetProperty("value").EnumerateArray().Select(value => value.GetString());
    }

    private static string Role(JsonElement assignment) =>
        RoleName().Match(assignment.GetProperty("properties").GetProperty("roleDefinitionId").GetString()!).Groups["role"].Value;

    private static IEnumerable<string> Identities(JsonElement assignment)
    {
        var principal = assignment.GetProperty("properties").GetProperty("principalId").GetString()!;
        return ((string[])["functions", "trainer", "events"]).Where(identity => principal.Contains($"reference('{identity}'", StringComparison.Ordinal) || principal.Contains($"'{identity}IdentityName'", StringComparison.Ordinal));
    }

    private static string Scope(JsonElement assignment)
    {
        var scope = assignment.GetProperty("scope").GetString()!;
        var type = ScopeType().Match(scope).Groups["type"].Value.Split('/')[^1];
        var parameter = ScopeParameter().Matches(scope).Select(match => match.Groups["name"].Value).LastOrDefault(name => name is not ("storageName" or "registryName" or "insightsName"));
        return parameter is null ? type : $"{type} of {parameter}";
    }

    [GeneratedRegex(@"roles'\)(\.(?<role>\w+)|\['(?<role>[^']+)'\])")]
    private static partial Regex RoleName();

    [GeneratedRegex("resourceId\\('(?<type>[^']+)'")]
    private static partial Regex ScopeType();

    [GeneratedRegex(@"parameters\('(?<name>\w+)'\)")]
    private static partial Regex ScopeParameter();
}
