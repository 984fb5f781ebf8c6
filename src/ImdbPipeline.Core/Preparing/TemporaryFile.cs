namespace ImdbPipeline.Core.Preparing;

/// <summary>A scratch file on local disk that is gone when it is closed, even if the process is killed (on Unix at once, on Windows with its handle).</summary>
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
