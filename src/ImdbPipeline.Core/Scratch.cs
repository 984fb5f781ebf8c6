using System.Globalization;

namespace ImdbPipeline.Core;

/// <summary>
/// A name on the local disk for a file or folder in the making, deleted with this object. What a killed process left of
/// its kind is deleted too: <c>{path}.lock</c> beside it is held open for as long as its process lives.
/// </summary>
public sealed class Scratch : IDisposable
{
    private const string LockEnding = ".lock";
    private const string GuidFormat = "N";
    private const int MostAttempts = 3;

    private static readonly EnumerationOptions everything = new() { IgnoreInaccessible = true, AttributesToSkip = 0 };

    private readonly FileStream held;

    private Scratch(string path, FileStream held) => (Path, this.held) = (path, held);

    /// <summary>Nothing lies there yet.</summary>
    public string Path { get; }

    /// <summary>One in the folder for temporary files.</summary>
    /// <param name="kind">Of what it begins with; killed processes' of the same kind are deleted.</param>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static Scratch InTemp(string kind) => Create(System.IO.Path.Combine(System.IO.Path.GetTempPath(), kind));

    /// <summary>One beside what will take its name when it is whole; killed processes' beside it are deleted.</summary>
    /// <exception cref="IOException">Its folder is not there, or cannot be written to.</exception>
    public static Scratch Beside(string path) => Create(System.IO.Path.GetFullPath(path) + ".partial");

    public void Dispose()
    {
        Delete(Path);
        held.Dispose();
    }

    private static Scratch Create(string start)
    {
        Sweep(start);
        for (var attempt = 1; ; attempt++)
        {
            var path = $"{start}-{Guid.NewGuid().ToString(GuidFormat, CultureInfo.InvariantCulture)}";
            if (TryHold(path, FileMode.CreateNew, last: attempt >= MostAttempts) is { } held)
                return new Scratch(path, held);
        }
    }

    private static void Sweep(string start)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(System.IO.Path.GetDirectoryName(start)!, "*", everything).Where(path => IsOfKind(path, start)).ToList())
        {
            var content = path.EndsWith(LockEnding, StringComparison.Ordinal) ? path[..^LockEnding.Length] : path;
            using var held = TryHold(content, FileMode.OpenOrCreate, last: false);
            if (held is not null)
                TryDelete(content);
        }
    }

    private static bool IsOfKind(string path, string start) =>
        path.StartsWith(start + "-", StringComparison.Ordinal)
        && path[(start.Length + 1)..] is var rest
        && Guid.TryParseExact(rest.EndsWith(LockEnding, StringComparison.Ordinal) ? rest[..^LockEnding.Length] : rest, GuidFormat, out _);

    /// <returns>Null where a living process holds it, or another user's did.</returns>
    private static FileStream? TryHold(string path, FileMode mode, bool last)
    {
        try
        {
            var held = new FileStream(path + LockEnding, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            // On Unix a sweep may have found and deleted the file between its creation and its lock.
            if (File.Exists(held.Name))
                return held;
            held.Dispose();
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
            // Another user's: it is in nobody's way here.
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
