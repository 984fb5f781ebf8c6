using System.Text.RegularExpressions;

namespace ImdbPipeline.Testing.Containers;

/// <summary>The build context after <c>.dockerignore</c>: the last pattern that matches a path or one of its parent folders decides.</summary>
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

    /// <returns>The file, or the files in the folder, relative to the repository root.</returns>
    public static IEnumerable<string> FilesUnder(string path)
    {
        if (!Contains(path))
            return [];
        var full = Path.Combine(Repository.Root, path);
        return File.Exists(full)
            ? [path]
            : Directory.EnumerateFileSystemEntries(full).SelectMany(entry => FilesUnder(Path.GetRelativePath(Repository.Root, entry)));
    }
}
