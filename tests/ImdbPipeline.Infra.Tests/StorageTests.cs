using System.Text.Json;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Infra.Tests;

[Slow]
public sealed class StorageTests
{
    [Fact]
    public async Task The_account_allows_no_key_access_and_no_public_access()
    {
        var account = await PropertiesAsync("Microsoft.Storage/storageAccounts");
        Assert.False(account.GetProperty("allowSharedKeyAccess").GetBoolean());
        Assert.False(account.GetProperty("allowBlobPublicAccess").GetBoolean());
        Assert.True(account.GetProperty("supportsHttpsTrafficOnly").GetBoolean());
        Assert.Equal("TLS1_2", account.GetProperty("minimumTlsVersion").GetString());
        Assert.Equal("None", (await PropertiesAsync("Microsoft.Storage/storageAccounts/blobServices/containers")).GetProperty("publicAccess").GetString());
    }

    [Fact]
    public async Task Deleted_and_overwritten_blobs_can_be_restored()
    {
        var blobs = await PropertiesAsync("Microsoft.Storage/storageAccounts/blobServices");
        Assert.True(blobs.GetProperty("isVersioningEnabled").GetBoolean());
        Assert.True(blobs.GetProperty("deleteRetentionPolicy").GetProperty("enabled").GetBoolean());
        Assert.True(blobs.GetProperty("containerDeleteRetentionPolicy").GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task Lifecycle_rules_delete_only_checkpoints_and_old_versions()
    {
        var rules = (await PropertiesAsync("Microsoft.Storage/storageAccounts/managementPolicies")).GetProperty("policy").GetProperty("rules").EnumerateArray().ToList();
        Assert.Equal(["checkpoints", "versions-of-models", "versions-of-the-rest"], rules.Select(rule => rule.GetProperty("name").GetString()));
        var checkpoints = rules[0].GetProperty("definition");
        Assert.Equal($"{StorageLayout.Runs}/{StorageLayout.Checkpoints}", checkpoints.GetProperty("filters").GetProperty("prefixMatch")[0].GetString());
        Assert.StartsWith(StorageLayout.Checkpoints, StorageLayout.RunCheckpoint("r", 1, 1), StringComparison.Ordinal);
        Assert.All(rules.Skip(1), rule => Assert.Equal(["version"], rule.GetProperty("definition").GetProperty("actions").EnumerateObject().Select(action => action.Name)));
    }

    [Theory]
    [InlineData("containers")]
    [InlineData("queues")]
    public async Task The_template_has_every_container_and_queue_of_the_storage_layout(string kind)
    {
        var layout = kind == "containers" ? StorageLayout.Containers : StorageLayout.Queues;
        var variables = (await Bicep.CompileAsync("main.bicep")).GetProperty("variables");
        Assert.Equal(layout, variables.GetProperty(kind).EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task Upload_events_go_to_the_queue_that_the_Functions_app_reads()
    {
        var main = await Bicep.CompileAsync("main.bicep");
        Assert.Equal(StorageLayout.BlobEventsQueue, main.GetProperty("variables").GetProperty("eventsQueue").GetString());
        var events = main.GetProperty("resources").GetProperty("events").GetProperty("properties").GetProperty("parameters");
        Assert.Equal([StorageLayout.Datasets, StorageLayout.Incoming], events.GetProperty("containers").GetProperty("value").EnumerateArray().Select(name => name.GetString()));
        var subscription = (await Bicep.CompileAsync("modules/events.bicep")).Resources("Microsoft.EventGrid/systemTopics/eventSubscriptions").Single().GetProperty("properties");
        Assert.Equal("CloudEventSchemaV1_0", subscription.GetProperty("eventDeliverySchema").GetString());
        Assert.Equal([Core.Uploads.UploadEvent.BlobCreated], subscription.GetProperty("filter").GetProperty("includedEventTypes").EnumerateArray().Select(type => type.GetString()));
        Assert.Equal("StorageQueue", subscription.GetProperty("deliveryWithResourceIdentity").GetProperty("destination").GetProperty("endpointType").GetString());
    }

    private static async Task<JsonElement> PropertiesAsync(string type) =>
        (await Bicep.CompileAsync("modules/storage.bicep")).Resources(type).Single().GetProperty("properties");
}
