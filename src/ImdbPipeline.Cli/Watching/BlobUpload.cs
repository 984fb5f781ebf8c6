using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Telemetry;

namespace ImdbPipeline.Cli.Watching;

/// <summary>Uploads a file atomically, replacing any blob of the same name.</summary>
public static class BlobUpload
{
    /// <returns>The ETag, which identifies this version of the blob.</returns>
    public static async Task<ETag> RunAsync(Session session, BlobContainerClient container, string name, string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(container);
        await using var file = OpenFile(path);
        using var progress = session.Progress($"Uploading {name}", file.Length, bytes => Quantity.Bytes(bytes));
        // Blocks are staged, then committed at once: readers never see a partial file.
        var options = new BlobUploadOptions { ProgressHandler = progress, Metadata = TraceContext.AddTo(new Dictionary<string, string>()) };
        var response = await container.GetBlobClient(name).UploadAsync(file, options, cancellationToken);
        return response.Value.ETag;
    }

    /// <exception cref="CommandFailedException">The file does not exist or cannot be read.</exception>
    public static FileStream OpenFile(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandFailedException(ExitCode.NotFound, $"{path}: expected a file, found nothing. Check the path.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            var found = Directory.Exists(path) ? "a folder" : "one without read permission";
            throw new CommandFailedException(ExitCode.WrongUsage, $"{path}: expected a readable file, found {found}. Pass a readable file.", e);
        }
    }
}
