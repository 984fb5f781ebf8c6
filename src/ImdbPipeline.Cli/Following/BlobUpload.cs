using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Telemetry;

namespace ImdbPipeline.Cli.Following;

/// <summary>Uploads a file: it appears under its name complete or not at all, over whatever was there.</summary>
public static class BlobUpload
{
    /// <returns>The ETag of what was uploaded, which tells this content from earlier and later ones.</returns>
    public static async Task<ETag> RunAsync(Session session, BlobContainerClient container, string name, string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(container);
        await using var file = OpenFile(path);
        using var progress = session.Progress($"Uploading {name}", file.Length, bytes => Quantity.Bytes(bytes));
        // Blocks are staged and committed as one: readers never see half a file.
        var options = new BlobUploadOptions { ProgressHandler = progress, Metadata = Cause.Added(new Dictionary<string, string>()) };
        var response = await container.GetBlobClient(name).UploadAsync(file, options, cancellationToken);
        return response.Value.ETag;
    }

    /// <exception cref="CommandFailedException">There is no such file.</exception>
    public static FileStream OpenFile(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandFailedException(ExitCode.NotFound, $"{path}: expected a file, found nothing there. Look at the path.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            var found = Directory.Exists(path) ? "a folder" : "one that may not be read";
            throw new CommandFailedException(ExitCode.WrongUsage, $"{path}: expected a readable file, found {found}. Name a file.", e);
        }
    }
}
