namespace ImdbPipeline.Learning.Downloads;

/// <summary>Local cache of downloaded models. Entries are complete or absent: each is filled in a temporary folder and then renamed.</summary>
public sealed class ModelCache(string root, TimeProvider timeProvider)
{
    private static readonly TimeSpan lockPoll = TimeSpan.FromMilliseconds(200);

    public string PathOf(string entry) => Path.Combine(Path.GetFullPath(root), entry);

    /// <summary>Returns the entry's folder and fills it first if absent. An interrupted fill leaves its files for the next one to resume.</summary>
    /// <param name="entry">Path relative to the cache folder.</param>
    /// <param name="fill">Fills the temporary folder passed to it; called by one process at a time.</param>
    public async Task<string> GetOrAddAsync(string entry, Func<string, Task> fill, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fill);
        var folder = PathOf(entry);
        if (Directory.Exists(folder))
            return folder;
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        await using var cacheLock = await LockAsync(folder + ".lock", cancellationToken);
        if (Directory.Exists(folder))
            return folder;
        var unfinished = folder + ".unfinished";
        Directory.CreateDirectory(unfinished);
        await fill(unfinished);
        Directory.Move(unfinished, folder);
        return folder;
    }

    private async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process or thread is filling this entry.
                await Task.Delay(lockPoll, timeProvider, cancellationToken);
            }
        }
    }
}
