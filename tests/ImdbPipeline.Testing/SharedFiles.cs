using Xunit;

namespace ImdbPipeline.Testing;

/// <summary>Finds large reference files next to the repository; a test whose file is missing is skipped.</summary>
public static class SharedFiles
{
    /// <summary>A file or folder under <c>shared/</c>, next to the repository or above it. Skips the calling test if it is missing.</summary>
    public static string Require(string path)
    {
        var found = Find(path);
        if (found is null)
            Assert.Skip($"shared/{path} is missing.");
        return found;
    }

    /// <summary>A file or folder of the golden set in <c>IMDB_GOLDEN</c>, by default <c>shared/golden</c>. Skips the calling test if it is missing.</summary>
    public static string RequireGolden(string path)
    {
        var found = FindGolden(path);
        if (found is null)
            Assert.Skip(GoldenMissing(path));
        return found;
    }

    /// <summary>Like <see cref="RequireGolden"/>, but returns null if it is missing: theory data cannot skip.</summary>
    /// <param name="path">Empty for the folder of the golden set.</param>
    public static string? FindGolden(string path) =>
        Environment.GetEnvironmentVariable("IMDB_GOLDEN") is { Length: > 0 } golden
            ? Path.Combine(golden, path) is var found && Path.Exists(found) ? found : null
            : Find(Path.Combine("golden", path));

    /// <summary>Why a test of the golden set is skipped.</summary>
    public static string GoldenMissing(string path) =>
        Environment.GetEnvironmentVariable("IMDB_GOLDEN") is { Length: > 0 } golden
            ? $"{Path.Combine(golden, path)} is missing (IMDB_GOLDEN={golden})."
            : $"shared/{Path.Combine("golden", path)} is missing.";

    /// <summary>Like <see cref="Require"/>, but returns null if it is missing.</summary>
    public static string? Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", path);
            if (Path.Exists(candidate))
                return candidate;
        }
        return null;
    }
}
