using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using Xunit;

namespace ImdbPipeline.Testing.Faults;

/// <summary>
/// Everything in an account, one line per blob or message, without what differs between executions: times, spans, ETags and names
/// derived from them. Equal messages are listed once, since queues deliver at least once anyway.
/// </summary>
public static partial class StorageListing
{
    private const int MaxPeeked = 32;

    public static async Task<IReadOnlyList<string>> ListAsync(PipelineStorage storage, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(storage);
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        var (volatiles, superseded) = (new List<(string Found, string Shown)>(), new List<(string Found, string Shown)>());
        foreach (var container in StorageLayout.Containers)
        {
            await foreach (var blob in storage.Container(container).GetBlobsAsync(new GetBlobsOptions(), cancellationToken))
            {
                var etag = blob.Properties.ETag!.Value;
                if (container == StorageLayout.Incoming)
                    volatiles.Add((ScorePlanStore.Name(blob.Name, etag), $"<plan of {blob.Name}>"));
                if (container is StorageLayout.Incoming or StorageLayout.Datasets)
                    volatiles.Add((etag.Unquoted(), $"<etag of {blob.Name}>"));
                var content = (await storage.Container(container).GetBlobClient(blob.Name).DownloadContentAsync(cancellationToken)).Value.Content;
                if (container == StorageLayout.Scores && blob.Name.EndsWith("/plan.json", StringComparison.Ordinal))
                {
                    // The plan of a content that is no longer in incoming.
                    var plan = content.ToObjectFromJson<ScorePlan>(PipelineJson.Record)!;
                    superseded.AddRange([(plan.Plan, $"<earlier plan of {plan.File}>"), (plan.ETag, $"<earlier etag of {plan.File}>")]);
                }
                if (container == StorageLayout.Runs && blob.Name.StartsWith($"{StorageLayout.PoisonRecords}{StorageLayout.BlobTriggerPoisonQueue}/", StringComparison.Ordinal))
                {
                    var rejection = content.ToObjectFromJson<PoisonRecord>(PipelineJson.Record)!;
                    volatiles.Add((rejection.MessageId, $"<rejection of {rejection.Subject}>"));
                }
                lines.Add($"{container}/{blob.Name} = {(IsText(blob.Name) ? content.ToString() : Convert.ToHexStringLower(SHA256.HashData(content)))}");
            }
        }
        foreach (var queue in StorageLayout.Queues)
        {
            var messages = (await storage.Queue(queue).PeekMessagesAsync(MaxPeeked, cancellationToken)).Value;
            Assert.True(messages.Length < MaxPeeked, $"more messages on {queue} than can be listed");
            foreach (var message in messages)
                lines.Add($"{queue}: {message.Body}");
        }
        return [.. lines.Select(Mask).Distinct().Order(StringComparer.Ordinal)];

        string Mask(string line)
        {
            var masked = new StringBuilder(line);
            foreach (var (found, shown) in volatiles.Concat(superseded))
                masked.Replace(found, shown);
            return RunTime().Replace(Time().Replace(Traceparent().Replace(Requeued().Replace(masked.ToString(), ""), "<traceparent>"), "<time>"), "<time>-");
        }
    }

    private static bool IsText(string name) => !name.EndsWith(".parquet", StringComparison.Ordinal) && !name.EndsWith(".gz", StringComparison.Ordinal)
        && !name.EndsWith(".safetensors", StringComparison.Ordinal);

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")]
    private static partial Regex Time();

    // Whether messages had to be sent again differs between executions, too.
    [GeneratedRegex(@",\s*""requeuedAt"": ""[^""]*""")]
    private static partial Regex Requeued();

    [GeneratedRegex("00-[0-9a-f]{32}-[0-9a-f]{16}-01")]
    private static partial Regex Traceparent();

    [GeneratedRegex(@"\d{8}-\d{6}-")]
    private static partial Regex RunTime();
}
