using Azure;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Uploads;

/// <summary>Whether uploads were handled, as recorded in storage.</summary>
public static class UploadRecords
{
    /// <param name="upload">An archive, or the settings next to one.</param>
    /// <param name="etag">The upload's content; null for any.</param>
    /// <returns>Whether the archive was ingested or rejected with this content; null if neither.</returns>
    public static async Task<ArchiveRecord?> FindArchiveRecordAsync(this PipelineStorage storage, string upload, ETag? etag, CancellationToken cancellationToken)
    {
        var record = (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(StorageLayout.ArchiveOf(upload)), cancellationToken))?.Value;
        return etag is null || record?.IsFor(upload, etag) == true ? record : null;
    }

    /// <param name="etag">The incoming file's content; null for any.</param>
    /// <returns>Null if this content was not rejected, or has an unsafe name, for which no rejection is stored.</returns>
    public static async Task<IncomingRejection?> FindRejectionAsync(this PipelineStorage storage, string file, ETag? etag, CancellationToken cancellationToken)
    {
        if (!StorageLayout.IsSafeName(file))
            return null;
        var rejection = (await storage.Scores.ReadJsonAsync<IncomingRejection>(StorageLayout.ScoreRejection(file), cancellationToken))?.Value;
        return etag is null || rejection?.ETag == etag.Value.Unquoted() ? rejection : null;
    }
}
