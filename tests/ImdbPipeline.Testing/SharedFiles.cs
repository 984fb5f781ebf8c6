using Xunit;

namespace ImdbPipeline.Testing;

/// <summary>Finds large reference files beside the repository; tests that need an absent one are skipped.</summary>
public static class SharedFiles
{
    /// <summary>A file or folder under <c>shared/</c>, beside the repository or above it. Skips the calling test where it is absent.</summary>
    public static string Require(string path)
    {
        var found = Find(path);
        if (found is null)
            Assert.Skip($"shared/{path} is not on this machine.");
        return found;
    }

    /// <summary>A file or folder of the golden set: under <c>IMDB_GOLDEN</c>, by default <c>shared/golden</c>. Skips where it is absent.</summary>
    public static string RequireGolden(string path)
    {
        if (Environment.GetEnvironmentVariable("IMDB_GOLDEN") is not { Length: > 0 } golden)
            return Require(Path.Combine("golden", path));
        var found = Path.Combine(golden, path);
        if (!Path.Exists(found))
            Assert.Skip($"{found} is not there (IMDB_GOLDEN={golden}).");
        return found;
    }

    private static string? Find(string path)
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
