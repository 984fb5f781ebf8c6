using System.Text.Json;

namespace ImdbPipeline.LocalHost.Blobs;

/// <summary>What the Functions host puts on <c>webjobs-blobtrigger-poison</c>; the names and their case are the host's.</summary>
internal sealed record BlobPoisonMessage(
    string FunctionId, string ContainerName, string BlobName, string ETag, string Type = "BlobTrigger", string BlobType = "BlockBlob")
{
    public string ToJson() => JsonSerializer.Serialize(this);
}
