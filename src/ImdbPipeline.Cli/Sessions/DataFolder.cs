using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Downloads;
using Microsoft.Extensions.Configuration;

namespace ImdbPipeline.Cli.Sessions;

/// <summary>The folder in which this machine's pipeline keeps its data.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="LastUsed">Another one that was used last and is still there, if this one is new; otherwise null.</param>
public sealed record DataFolder(string Path, string? LastUsed)
{
    public const string Name = ".imdb";

    private const string RepositoryMark = ".git";

    public string Azurite => System.IO.Path.Combine(Path, "azurite");

    /// <summary><c>IMDB_HOME</c>; otherwise the nearest <c>.imdb</c>, from the current folder up to the root of its repository; otherwise a new one there.</summary>
    /// <param name="current">The current folder.</param>
    public static DataFolder Find(IConfiguration settings, string current)
    {
        var path = settings.Read<HomeOptions>().Home is { } home ? System.IO.Path.GetFullPath(home) : FindNear(System.IO.Path.GetFullPath(current));
        var last = Directory.Exists(path) ? null : ReadRecord(settings);
        return new DataFolder(path, last is not null && last != path && Directory.Exists(last) ? last : null);
    }

    /// <summary>Creates the folder, and remembers it as the one used last.</summary>
    public void Create(IConfiguration settings)
    {
        PrivateFolder.Create(Path);
        var record = RecordPath(settings);
        PrivateFolder.Create(System.IO.Path.GetDirectoryName(record)!);
        using var temporary = TempPath.CreateNextTo(record);
        File.WriteAllText(temporary.Path, Path);
        File.Move(temporary.Path, record, overwrite: true);
    }

    private static string FindNear(string current)
    {
        // Outside a repository, a folder further up may belong to somebody else.
        var root = Up(current).FirstOrDefault(folder => System.IO.Path.Exists(System.IO.Path.Combine(folder, RepositoryMark))) ?? current;
        var nearest = Up(current).TakeWhile(folder => folder.Length >= root.Length).FirstOrDefault(folder => Directory.Exists(System.IO.Path.Combine(folder, Name)));
        return System.IO.Path.Combine(nearest ?? root, Name);
    }

    private static IEnumerable<string> Up(string folder)
    {
        for (var current = folder; current is not null; current = System.IO.Path.GetDirectoryName(current))
            yield return current;
    }

    private static string? ReadRecord(IConfiguration settings)
    {
        var record = RecordPath(settings);
        return File.Exists(record) ? File.ReadAllText(record) : null;
    }

    private static string RecordPath(IConfiguration settings) => System.IO.Path.Combine(settings.Read<HubOptions>().CacheFolder, "last-data-folder");

    private sealed record HomeOptions
    {
        [Setting("IMDB_HOME", "a folder")]
        public string? Home { get; init; }
    }
}
