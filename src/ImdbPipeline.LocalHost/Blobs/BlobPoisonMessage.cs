using System.Text.Json;

namespace ImdbPipeline.LocalHost.Blobs;

/// <summary>The message the Functions host puts on <c>webjobs-blobtrigger-poison</c>, with the host's property names and casing.</summary>
internal sealed record BlobPoisonMessage(
    string FunctionId, string ContainerName, string BlobName, string ETag, string Type = "BlobTrigger", string BlobType = "BlockBlob")
{
    public string ToJson() => JsonSerializer.Serialize(this);
}
