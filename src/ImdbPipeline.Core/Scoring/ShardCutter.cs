using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Scoring;

/// <summary>
/// Writes rows to storage in shards of JSON lines. Shards are create-only and depend only on the rows: two deliveries of
/// the same content write the same shards.
/// </summary>
internal sealed class ShardCutter(PipelineStorage storage, ScoringLimits limits)
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <returns>Number of shards and rows written.</returns>
    /// <exception cref="InputRejectedException">There are too many rows, or they cannot be read.</exception>
    public async Task<(int Shards, int Rows)> CutAsync(
        string plan, string file, IEnumerable<IncomingRow> source, CancellationToken cancellationToken)
    {
        using var shard = new MemoryStream();
        int shards = 0, rows = 0, rowsInShard = 0;
        foreach (var row in source)
        {
            cancellationToken.ThrowIfCancellationRequested();
            JsonSerializer.Serialize(shard, row, PipelineJson.Line);
            shard.Write(LineEnd);
            rows++;
            if (++rowsInShard == limits.ShardRows || shard.Length >= limits.ShardBytes)
                await WriteShardAsync();
        }
        if (rowsInShard > 0)
            await WriteShardAsync();
        return (shards, rows);

        async Task WriteShardAsync()
        {
            if (shards == limits.MaxShards)
                throw new InputRejectedException(
                    ErrorRules.IncomingSize, $"incoming/{UntrustedText.Escape(file)}", $"at most {limits.MaxShards} shards of {limits.ShardRows} rows", "more", "Split the file and upload the parts.");
            shard.Position = 0;
            try
            {
                var createOnly = new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
                await storage.Scores.GetBlobClient(StorageLayout.ScoreInput(plan, shards)).UploadAsync(shard, createOnly, cancellationToken);
            }
            catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobAlreadyExists)
            {
                // Another delivery already wrote the same shard.
            }
            shards++;
            rowsInShard = 0;
            shard.SetLength(0);
        }
    }
}
