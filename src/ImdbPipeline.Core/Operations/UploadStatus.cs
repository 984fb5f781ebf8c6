using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;

namespace ImdbPipeline.Core.Operations;

/// <summary>The status of uploads: rejected, waiting, being scored or scored.</summary>
public sealed class UploadStatus(PipelineStorage storage, ScorePlanStore plans)
{
    public async Task<IReadOnlyList<RejectedUpload>> ListRejectedArchivesAsync(int max, Action<InvalidDataException> damaged, CancellationToken cancellationToken) =>
    [
        .. (await storage.Prepared.ReadNewestAsync<ArchiveRecord>(StorageLayout.ArchiveRecords, _ => true, max * 5, cancellationToken, damaged))
            .Where(record => record.State == ArchiveState.Rejected).Take(max)
            .Select(record => new RejectedUpload(record.Archive, record.Reason ?? "", record.At)),
    ];

    public async Task<IReadOnlyList<RejectedUpload>> ListRejectedIncomingAsync(int max, Action<InvalidDataException> damaged, CancellationToken cancellationToken) =>
    [
        .. (await storage.Scores.ReadNewestAsync<IncomingRejection>(
                "", name => IsResult(name, StorageLayout.RejectionSuffix) || name.StartsWith(StorageLayout.RejectedNames, StringComparison.Ordinal), max, cancellationToken, damaged))
            .Select(rejection => new RejectedUpload(rejection.File, rejection.Reason, rejection.At)),
    ];

    public Task<IReadOnlyList<ScoreSummary>> ListScoredAsync(int max, Action<InvalidDataException> damaged, CancellationToken cancellationToken) =>
        storage.Scores.ReadNewestAsync<ScoreSummary>("", name => IsResult(name, StorageLayout.SummarySuffix), max, cancellationToken, damaged);

    /// <summary>The newest incoming files that are neither scored nor rejected.</summary>
    public async Task<IReadOnlyList<IncomingStatus>> ListIncomingAsync(int max, CancellationToken cancellationToken)
    {
        var incoming = new List<IncomingStatus>();
        foreach (var blob in await storage.Incoming.ListNewestAsync("", name => !StorageLayout.IsUploadSettings(name), max * 5, cancellationToken))
        {
            if (incoming.Count < max && await DescribeAsync(blob, cancellationToken) is { } status)
                incoming.Add(status);
        }
        return incoming;
    }

    private async Task<IncomingStatus?> DescribeAsync(BlobItem blob, CancellationToken cancellationToken)
    {
        if (blob.Properties is not { ETag: { } etag, LastModified: { } uploadedAt, ContentLength: { } bytes })
            return null;
        if (await plans.FindAsync(ScorePlanStore.Name(blob.Name, etag), cancellationToken) is { } plan)
            return ScorePlanStore.IsOpen(plan)
                ? new IncomingStatus(blob.Name, bytes, uploadedAt, "scoring", plan.Model, plan.Shards, await plans.ListOutputsAsync(plan.Plan, cancellationToken).CountAsync(cancellationToken))
                : null;
        return await storage.FindRejectionAsync(blob.Name, etag, cancellationToken) is null ? new IncomingStatus(blob.Name, bytes, uploadedAt, "waiting", null, null, null) : null;
    }

    private static bool IsResult(string path, string suffix) => path[0] != '_' && path.EndsWith(suffix, StringComparison.Ordinal);
}
