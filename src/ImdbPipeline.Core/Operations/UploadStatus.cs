using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Operations;

/// <summary>The status of uploads: rejected, waiting, being scored or scored.</summary>
public sealed class UploadStatus(PipelineStorage storage, ScorePlanStore plans)
{
    public async Task<IReadOnlyList<RejectedUpload>> ListRejectedArchivesAsync(int max, CancellationToken cancellationToken)
    {
        const string Folder = "_archives/";
        var rejected = new List<RejectedUpload>();
        foreach (var blob in await storage.Prepared.ListNewestAsync(Folder, _ => true, max * 5, cancellationToken))
        {
            var record = (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(blob.Name, cancellationToken))?.Value;
            if (record is { State: ArchiveState.Rejected } && rejected.Count < max)
                rejected.Add(new RejectedUpload(record.Archive, record.Reason ?? "", record.At));
        }
        return rejected;
    }

    public async Task<IReadOnlyList<RejectedUpload>> ListRejectedIncomingAsync(int max, CancellationToken cancellationToken)
    {
        var rejected = new List<RejectedUpload>();
        foreach (var blob in await storage.Scores.ListNewestAsync("", name => IsResult(name, StorageLayout.RejectionSuffix), max, cancellationToken))
        {
            if (await storage.Scores.ReadJsonAsync<IncomingRejection>(blob.Name, cancellationToken) is { } record)
                rejected.Add(new RejectedUpload(record.Value.File, record.Value.Reason, record.Value.At));
        }
        return rejected;
    }

    public async Task<IReadOnlyList<ScoreSummary>> ListScoredAsync(int max, CancellationToken cancellationToken)
    {
        var scored = new List<ScoreSummary>();
        foreach (var blob in await storage.Scores.ListNewestAsync("", name => IsResult(name, StorageLayout.SummarySuffix), max, cancellationToken))
        {
            if (await storage.Scores.ReadJsonAsync<ScoreSummary>(blob.Name, cancellationToken) is { } summary)
                scored.Add(summary.Value);
        }
        return scored;
    }

    /// <summary>The newest incoming files that are neither scored nor rejected.</summary>
    public async Task<IReadOnlyList<IncomingStatus>> ListIncomingAsync(int max, CancellationToken cancellationToken)
    {
        var incoming = new List<IncomingStatus>();
        foreach (var blob in await storage.Incoming.ListNewestAsync("", _ => true, max * 5, cancellationToken))
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
        var rejection = IncomingFormat.IsSafeName(blob.Name)
            ? (await storage.Scores.ReadJsonAsync<IncomingRejection>(StorageLayout.ScoreRejection(blob.Name), cancellationToken))?.Value
            : null;
        return rejection?.ETag == etag.Unquoted() ? null : new IncomingStatus(blob.Name, bytes, uploadedAt, "waiting", null, null, null);
    }

    private static bool IsResult(string path, string suffix) => path[0] != '_' && path.EndsWith(suffix, StringComparison.Ordinal);
}
