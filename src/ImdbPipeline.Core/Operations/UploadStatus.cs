using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Operations;

/// <summary>The part of the status about what was uploaded: refused, waiting, being scored, scored.</summary>
public sealed class UploadStatus(PipelineStorage storage, ScorePlanStore plans)
{
    public async Task<IReadOnlyList<RejectedUpload>> ListRejectedArchivesAsync(int most, CancellationToken cancellationToken)
    {
        const string Folder = "_archives/";
        var rejected = new List<RejectedUpload>();
        foreach (var blob in await storage.Prepared.ListNewestAsync(Folder, _ => true, most * 5, cancellationToken))
        {
            var record = (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(blob.Name, cancellationToken))?.Value;
            if (record is { State: ArchiveState.Rejected } && rejected.Count < most)
                rejected.Add(new RejectedUpload(record.Archive, record.Reason ?? "", record.At));
        }
        return rejected;
    }

    public async Task<IReadOnlyList<RejectedUpload>> ListRejectedIncomingAsync(int most, CancellationToken cancellationToken)
    {
        var rejected = new List<RejectedUpload>();
        foreach (var blob in await storage.Scores.ListNewestAsync("", name => IsResult(name, StorageLayout.RejectionSuffix), most, cancellationToken))
        {
            if (await storage.Scores.ReadJsonAsync<IncomingRejection>(blob.Name, cancellationToken) is { } record)
                rejected.Add(new RejectedUpload(record.Value.File, record.Value.Reason, record.Value.At));
        }
        return rejected;
    }

    public async Task<IReadOnlyList<ScoreSummary>> ListScoredAsync(int most, CancellationToken cancellationToken)
    {
        var scored = new List<ScoreSummary>();
        foreach (var blob in await storage.Scores.ListNewestAsync("", name => IsResult(name, StorageLayout.SummarySuffix), most, cancellationToken))
        {
            if (await storage.Scores.ReadJsonAsync<ScoreSummary>(blob.Name, cancellationToken) is { } summary)
                scored.Add(summary.Value);
        }
        return scored;
    }

    /// <summary>The newest incoming files that are neither scored nor refused.</summary>
    public async Task<IReadOnlyList<IncomingStatus>> ListIncomingAsync(int most, CancellationToken cancellationToken)
    {
        var incoming = new List<IncomingStatus>();
        foreach (var blob in await storage.Incoming.ListNewestAsync("", _ => true, most * 5, cancellationToken))
        {
            if (incoming.Count < most && await DescribeAsync(blob, cancellationToken) is { } status)
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
                ? new IncomingStatus(blob.Name, bytes, uploadedAt, "scoring", plan.Model, plan.Shards, await plans.OutputsAsync(plan.Plan, cancellationToken).CountAsync(cancellationToken))
                : null;
        var refused = IncomingFormat.IsPlain(blob.Name)
            ? (await storage.Scores.ReadJsonAsync<IncomingRejection>(StorageLayout.ScoreRejection(blob.Name), cancellationToken))?.Value
            : null;
        return refused?.ETag == etag.Plain() ? null : new IncomingStatus(blob.Name, bytes, uploadedAt, "waiting", null, null, null);
    }

    private static bool IsResult(string path, string suffix) => path[0] != '_' && path.EndsWith(suffix, StringComparison.Ordinal);
}
