namespace ImdbPipeline.Learning.BaseModels;

/// <summary>Where downloaded models are kept. A folder in it is complete or absent: it is filled beside its place and renamed.</summary>
public sealed class ModelCache(string root, TimeProvider clock)
{
    /// <summary>Names the cache folder; by default one under the user's local application data.</summary>
    public const string Setting = "IMDB_CACHE";

    private static readonly TimeSpan lockPoll = TimeSpan.FromMilliseconds(200);

    public static string DefaultRoot(Func<string, string?> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return setting(Setting) is { Length: > 0 } folder
            ? Path.GetFullPath(folder)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "imdb-pipeline");
    }

    public string PathOf(string entry) => Path.Combine(root, entry);

    /// <summary>Returns the entry's folder, filling it first where it is absent. What an interrupted filling left is there for the next one to go on with.</summary>
    /// <param name="entry">Relative to the cache.</param>
    /// <param name="fill">Called with the unfinished folder; by one process at a time.</param>
    public async Task<string> GetOrAddAsync(string entry, Func<string, Task> fill, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fill);
        var folder = PathOf(entry);
        if (Directory.Exists(folder))
            return folder;
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        await using var held = await LockAsync(folder + ".lock", cancellationToken);
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
                // Another process or thread fills the same entry.
                await Task.Delay(lockPoll, clock, cancellationToken);
            }
        }
    }
}
