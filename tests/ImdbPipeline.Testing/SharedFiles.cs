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
        var found = FindGolden(path);
        if (found is null)
            Assert.Skip(GoldenMissing(path));
        return found;
    }

    /// <summary>As <see cref="RequireGolden"/>, for the data of theories, which cannot skip: null where it is absent.</summary>
    /// <param name="path">Empty for the golden set's folder itself.</param>
    public static string? FindGolden(string path) =>
        Environment.GetEnvironmentVariable("IMDB_GOLDEN") is { Length: > 0 } golden
            ? Path.Combine(golden, path) is var found && Path.Exists(found) ? found : null
            : Find(Path.Combine("golden", path));

    /// <summary>Why a test over the golden set is skipped.</summary>
    public static string GoldenMissing(string path) =>
        Environment.GetEnvironmentVariable("IMDB_GOLDEN") is { Length: > 0 } golden
            ? $"{Path.Combine(golden, path)} is not there (IMDB_GOLDEN={golden})."
            : $"shared/{Path.Combine("golden", path)} is not on this machine.";

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
