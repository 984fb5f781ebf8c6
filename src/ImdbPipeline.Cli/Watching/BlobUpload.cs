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

    /// <summary>Uploads files and, with <paramref name="wait"/>, shows the result of each.</summary>
    /// <param name="task">The folder to upload to; null for none.</param>
    /// <param name="next">What happens to a file next.</param>
    public static async Task<ExitCode> RunAllAsync<T>(
        Session session, BlobContainerClient container, IReadOnlyList<string> paths, string? task, bool wait, Func<string, string> next,
        Func<string, ETag, CancellationToken, Task<T>> waitForAsync, Action<T> show, CancellationToken cancellationToken)
    {
        var uploads = new List<(string Name, ETag ETag)>();
        foreach (var path in paths)
            uploads.Add((NameOf(path, task), await RunAsync(session, container, NameOf(path, task), path, cancellationToken)));
        if (!wait)
        {
            if (session.Json)
                session.PrintJson(new { uploaded = uploads.Select(upload => $"{container.Name}/{upload.Name}") });
            foreach (var (name, _) in uploads)
                session.Say($"Uploaded {container.Name}/{name}. {next(name)}");
            return ExitCode.Ok;
        }
        var results = new List<T>();
        foreach (var (name, etag) in uploads)
            results.Add(await waitForAsync(name, etag, cancellationToken));
        if (session.Json)
            session.PrintJson(results);
        else
            results.ForEach(show);
        return ExitCode.Ok;
    }

    /// <returns>The blob's name.</returns>
    public static string NameOf(string path, string? task) => task is null ? Path.GetFileName(path) : $"{task}/{Path.GetFileName(path)}";

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
            var (found, remedy) = Directory.Exists(path) ? ("a folder", "Pack it into a .zip or .tar.gz first") : ("one without read permission", "Pass a readable file");
            throw new CommandFailedException(ExitCode.WrongUsage, $"{path}: expected a readable file, found {found}. {remedy}.", e);
        }
    }
}
