using Azure;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.Core.Tests.Uploads;

/// <summary>Listings and single blobs format ETags differently; what is recorded with one must be found with the other.</summary>
[Slow]
public sealed class UploadRecordsTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("reviews.csv")]
    [InlineData("rejected.csv")]
    public async Task An_archive_counts_as_handled_until_its_content_changes(string archive)
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        using var handler = new IngestDatasetHandler(storage, TimeProvider.System, new IngestOptions(), NullLogger<IngestDatasetHandler>.Instance);
        var rows = Enumerable.Range(0, 40).Select(i => $"\"Film {i} was {(i % 2 == 0 ? "fine" : "dull")}.\",{(i % 2 == 0 ? "pos" : "neg")}");
        var first = await UploadAsync(storage, archive, archive == "rejected.csv" ? "no,such\ncolumns,here\n" : $"text,label\n{string.Join('\n', rows)}\n");
        Assert.Null(await storage.FindArchiveRecordAsync(archive, first, Cancellation));

        var rejection = await Record.ExceptionAsync(() => handler.HandleAsync(archive, Cancellation));
        Assert.Equal(archive == "rejected.csv", rejection is InputRejectedException);
        Assert.NotNull(await storage.FindArchiveRecordAsync(archive, first, Cancellation));

        var second = await UploadAsync(storage, archive, "text,label\n");
        Assert.Null(await storage.FindArchiveRecordAsync(archive, second, Cancellation));
    }

    /// <returns>The ETag in the format of the listing, where the poller gets it from.</returns>
    private static async Task<ETag> UploadAsync(PipelineStorage storage, string archive, string content)
    {
        await storage.Datasets.GetBlobClient(archive).UploadAsync(BinaryData.FromString(content), overwrite: true, Cancellation);
        await foreach (var blob in storage.Datasets.GetBlobsAsync(default, default, archive, Cancellation))
            return blob.Properties.ETag!.Value;
        throw new InvalidOperationException($"{archive}: expected a blob in the listing, found none.");
    }
}
