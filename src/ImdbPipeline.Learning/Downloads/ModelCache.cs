using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Learning.Downloads;

/// <summary>
/// Local cache of downloaded models. Entries are complete or absent: each is filled in a temporary folder and then renamed. Beyond its size limit, the
/// least recently used entries are deleted.
/// </summary>
/// <param name="root">The cache folder; created readable by its owner only.</param>
/// <param name="maxBytes">Size limit, exceeded only by entries that were used a moment ago.</param>
public sealed class ModelCache(string root, TimeProvider timeProvider, long maxBytes = long.MaxValue)
{
    private const string LockEnding = ".lock";
    private const string UnfinishedEnding = ".unfinished";

    /// <summary>An empty file next to an entry; its time is that of the last use.</summary>
    private const string UsedEnding = ".used";

    private static readonly TimeSpan lockPoll = TimeSpan.FromMilliseconds(200);

    /// <summary>Entries used more recently may still be being read.</summary>
    private static readonly TimeSpan minIdle = TimeSpan.FromHours(1);

    public string PathOf(string entry) => Path.Combine(Path.GetFullPath(root), entry);

    /// <summary>Returns the entry's folder and fills it first if absent. An interrupted fill leaves its files for the next one to resume.</summary>
    /// <param name="entry">Path relative to the cache folder.</param>
    /// <param name="fill">Fills the temporary folder passed to it; called by one process at a time.</param>
    /// <param name="isIntact">Checks an entry that is there already; one that is not intact is replaced. Null if there is nothing to check it against.</param>
    /// <exception cref="InputRejectedException">The cache folder cannot be created.</exception>
    public async Task<string> GetOrAddAsync(string entry, Func<string, Task> fill, CancellationToken cancellationToken, Func<string, Task<bool>>? isIntact = null)
    {
        ArgumentNullException.ThrowIfNull(fill);
        var folder = PathOf(entry);
        if (Directory.Exists(folder))
        {
            if (isIntact is null || await isIntact(folder))
                return Used(folder);
            TryRemove(folder);
        }
        CreateParent(folder);
        await using (await LockAsync(folder + LockEnding, cancellationToken))
        {
            if (Directory.Exists(folder))
                return Used(folder);
            var unfinished = folder + UnfinishedEnding;
            Directory.CreateDirectory(unfinished);
            await fill(unfinished);
            Directory.Move(unfinished, folder);
        }
        Used(folder);
        Prune();
        return folder;
    }

    private void CreateParent(string folder)
    {
        try
        {
            PrivateFolder.Create(Path.GetDirectoryName(folder)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputRejectedException(
                ErrorRules.SettingInvalid, "setting IMDB_CACHE", "a folder that exists or can be created", $"'{PrintableText.OneLine(root)}' ({e.Message.TrimEnd('.')})", "Choose another folder.", e);
        }
    }

    private string Used(string folder)
    {
        try
        {
            File.WriteAllBytes(folder + UsedEnding, []);
            File.SetLastWriteTimeUtc(folder + UsedEnding, timeProvider.GetUtcNow().UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A shared cache may be read-only.
        }
        return folder;
    }

    private void Prune()
    {
        var entries = Directory.EnumerateFiles(Path.GetFullPath(root), "*" + UsedEnding, SearchOption.AllDirectories)
            .Select(used => new FileInfo(used))
            .Select(used => (Folder: used.FullName[..^UsedEnding.Length], Time: used.LastWriteTimeUtc))
            .Where(entry => Directory.Exists(entry.Folder))
            .Select(entry => (entry.Folder, entry.Time, Bytes: Size(entry.Folder)))
            .OrderBy(entry => entry.Time)
            .ToList();
        var total = entries.Sum(entry => entry.Bytes);
        foreach (var (folder, time, bytes) in entries)
        {
            if (total <= maxBytes || timeProvider.GetUtcNow() - time < minIdle)
                return;
            if (TryRemove(folder))
                total -= bytes;
        }
    }

    private static long Size(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private static bool TryRemove(string folder)
    {
        try
        {
            using var entryLock = new FileStream(folder + LockEnding, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // Renamed first, so that nobody finds half an entry.
            var removed = $"{folder}.{Guid.NewGuid():n}{UnfinishedEnding}";
            Directory.Move(folder, removed);
            Directory.Delete(removed, recursive: true);
            File.Delete(folder + UsedEnding);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process is using or removing it.
            return false;
        }
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
