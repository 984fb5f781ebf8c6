using System.Globalization;

namespace ImdbPipeline.Core.Foundation;

/// <summary>A temporary path for a file or folder, deleted on dispose; leftovers of killed processes are deleted too.</summary>
/// <remarks>A process holds <c>{path}.lock</c> open while it uses the path, so an unlocked path is a leftover.</remarks>
public sealed class TempPath : IDisposable
{
    private const string LockEnding = ".lock";
    private const string GuidFormat = "N";
    private const int MaxAttempts = 3;

    private static readonly EnumerationOptions allEntries = new() { IgnoreInaccessible = true, AttributesToSkip = 0 };

    private readonly FileStream lockFile;

    private TempPath(string path, FileStream lockFile) => (Path, this.lockFile) = (path, lockFile);

    /// <summary>Nothing exists here until the caller creates it.</summary>
    public string Path { get; }

    /// <summary>Creates a path in the system's temporary folder.</summary>
    /// <param name="kind">Name prefix; leftovers with the same prefix are deleted.</param>
    /// <exception cref="IOException">The folder is not writable.</exception>
    public static TempPath CreateInTempFolder(string kind) => Create(System.IO.Path.Combine(System.IO.Path.GetTempPath(), kind));

    /// <summary>Creates a path next to its final path, to be renamed once complete; leftovers next to it are deleted.</summary>
    /// <exception cref="IOException">The folder does not exist or is not writable.</exception>
    public static TempPath CreateNextTo(string path) => Create(System.IO.Path.GetFullPath(path) + ".partial");

    public void Dispose()
    {
        Delete(Path);
        lockFile.Dispose();
    }

    private static TempPath Create(string prefix)
    {
        Sweep(prefix);
        for (var attempt = 1; ; attempt++)
        {
            var path = $"{prefix}-{Guid.NewGuid().ToString(GuidFormat, CultureInfo.InvariantCulture)}";
            if (TryLock(path, FileMode.CreateNew, last: attempt >= MaxAttempts) is { } lockFile)
                return new TempPath(path, lockFile);
        }
    }

    private static void Sweep(string prefix)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(System.IO.Path.GetDirectoryName(prefix)!, "*", allEntries).Where(path => IsOfKind(path, prefix)).ToList())
        {
            var isLock = path.EndsWith(LockEnding, StringComparison.Ordinal);
            var content = isLock ? path[..^LockEnding.Length] : path;
            // A lock that has vanished meanwhile is not created again: its owner may be about to check that it is there.
            using var lockFile = TryLock(content, isLock ? FileMode.Open : FileMode.OpenOrCreate, last: false);
            if (lockFile is not null)
                TryDelete(content);
        }
    }

    private static bool IsOfKind(string path, string prefix) =>
        path.StartsWith(prefix + "-", StringComparison.Ordinal)
        && path[(prefix.Length + 1)..] is var rest
        && Guid.TryParseExact(rest.EndsWith(LockEnding, StringComparison.Ordinal) ? rest[..^LockEnding.Length] : rest, GuidFormat, out _);

    /// <returns>Null if a running process holds the lock or it belongs to another user.</returns>
    private static FileStream? TryLock(string path, FileMode mode, bool last)
    {
        try
        {
            var lockFile = new FileStream(path + LockEnding, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            // On Unix, another sweep may delete the file between its creation and its lock.
            if (File.Exists(lockFile.Name))
                return lockFile;
            lockFile.Dispose();
            return null;
        }
        catch (Exception e) when (!last && e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It belongs to another user; leaving it does no harm.
        }
    }

    private static void Delete(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }
}
