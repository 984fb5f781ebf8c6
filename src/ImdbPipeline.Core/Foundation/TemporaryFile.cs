namespace ImdbPipeline.Core.Foundation;

/// <summary>A temporary file, deleted when closed or when the process is killed (on Unix unlinked at once, on Windows deleted with its handle).</summary>
internal static class TemporaryFile
{
    public static FileStream Create()
    {
        var path = Path.Combine(Path.GetTempPath(), $"imdb-{Guid.NewGuid():n}.tmp");
        var options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 128 << 10, options);
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        return file;
    }
}
