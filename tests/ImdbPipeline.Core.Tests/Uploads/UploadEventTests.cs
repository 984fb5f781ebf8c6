using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Uploads;

namespace ImdbPipeline.Core.Tests.Uploads;

public sealed class UploadEventTests
{
    [Theory]
    [InlineData("datasets", "aclImdb_v1.tar.gz")]
    [InlineData("incoming", "2026/reviews of may.jsonl")]
    [InlineData("incoming", "a/blobs/b.txt")]
    public void An_upload_event_gives_its_container_and_blob(string container, string blob) =>
        Assert.Equal(new UploadEvent(container, blob), UploadEvent.Parse(Event($"/blobServices/default/containers/{container}/blobs/{blob}")));

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"type": 1, "subject": 2}""")]
    [InlineData("""{"type": "Microsoft.Storage.BlobCreated", "subject": "/blobServices/default/containers/datasets/blobs/\ud800.csv"}""")]
    [InlineData("""{"type": "Microsoft.Storage.BlobCreated"}""")]
    [InlineData("""{"type": "Microsoft.Storage.BlobDeleted", "subject": "/blobServices/default/containers/datasets/blobs/x.csv"}""")]
    public void Any_other_message_is_rejected_with_what_was_expected(string body)
    {
        var rejected = Assert.Throws<InputRejectedException>(() => UploadEvent.Parse(body));
        Assert.Equal("blob-event", rejected.Rule);
        Assert.Contains("expected a CloudEvent", rejected.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/blobServices/default/containers/models/blobs/champion.json")]
    [InlineData("/blobServices/default/containers/datasets/blobs/")]
    [InlineData("/blobServices/default/containers/datasets")]
    [InlineData("/blobServices/default/containers//blobs/x")]
    [InlineData("/tableServices/default")]
    public void Any_other_subject_is_rejected(string subject) =>
        Assert.Equal("blob-event", Assert.Throws<InputRejectedException>(() => UploadEvent.Parse(Event(subject))).Rule);

    private static string Event(string subject) => JsonSerializer.Serialize(new
    {
        specversion = "1.0",
        id = "831e1650-001e-001b-66ab-eeb76e069631",
        source = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st",
        type = UploadEvent.BlobCreated,
        subject,
        time = "2026-01-01T00:00:00Z",
        data = new { api = "PutBlockList", eTag = "0x8D4BCC2E4835CD0", contentLength = 524288, blobType = "BlockBlob" },
    });
}
