using System.Text.RegularExpressions;

namespace ImdbPipeline.Testing;

/// <summary>What <c>.dockerignore</c> leaves in the build context: the last pattern that fits a path or a folder above it decides.</summary>
public static class DockerContext
{
    private static readonly (Regex Pattern, bool Keeps)[] Rules =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, ".dockerignore")).Where(line => line.Length > 0 && line[0] != '#').Select(line =>
        {
            var keeps = line[0] == '!';
            var pattern = Regex.Escape(line.TrimStart('!').TrimEnd('/')).Replace(@"\*\*/", "(.*/)?", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal);
            return (new Regex($@"\A{pattern}(/.*)?\z"), keeps);
        }),
    ];

    public static bool Contains(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var trimmed = path.TrimEnd('/');
        return !Rules.Any(rule => rule.Pattern.IsMatch(trimmed)) || Rules.Last(rule => rule.Pattern.IsMatch(trimmed)).Keeps;
    }

    /// <returns>The files of a file or folder, relative to the repository's root.</returns>
    public static IEnumerable<string> Files(string path)
    {
        if (!Contains(path))
            return [];
        var full = Path.Combine(Repository.Root, path);
        return File.Exists(full)
            ? [path]
            : Directory.EnumerateFileSystemEntries(full).SelectMany(entry => Files(Path.GetRelativePath(Repository.Root, entry)));
    }
}
