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
    public static string RequireGolden(string path) => Require("IMDB_GOLDEN", "golden", path);

    /// <summary>Like <see cref="RequireGolden"/>, but returns null if it is missing: theory data cannot skip.</summary>
    /// <param name="path">Empty for the folder of the golden set.</param>
    public static string? FindGolden(string path) => Find("IMDB_GOLDEN", "golden", path);

    /// <summary>Why a test of the golden set is skipped.</summary>
    public static string GoldenMissing(string path) => Missing("IMDB_GOLDEN", "golden", path);

    /// <summary>A file or folder of the golden sets of encoder families in <c>IMDB_GOLDEN_FAMILIES</c>, by default <c>shared/golden-families</c>. Skips the calling test if it is missing.</summary>
    public static string RequireFamilies(string path) => Require("IMDB_GOLDEN_FAMILIES", "golden-families", path);

    /// <summary>Like <see cref="RequireFamilies"/>, but returns null if it is missing: theory data cannot skip.</summary>
    /// <param name="path">Empty for the folder of all sets.</param>
    public static string? FindFamilies(string path) => Find("IMDB_GOLDEN_FAMILIES", "golden-families", path);

    /// <summary>Why a test of the golden sets of encoder families is skipped.</summary>
    public static string FamiliesMissing(string path) => Missing("IMDB_GOLDEN_FAMILIES", "golden-families", path);

    /// <summary>Like <see cref="Require(string)"/>, but returns null if it is missing.</summary>
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

    private static string Require(string variable, string folder, string path)
    {
        var found = Find(variable, folder, path);
        if (found is null)
            Assert.Skip(Missing(variable, folder, path));
        return found;
    }

    private static string? Find(string variable, string folder, string path) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } root
            ? Path.Combine(root, path) is var found && Path.Exists(found) ? found : null
            : Find(Path.Combine(folder, path));

    private static string Missing(string variable, string folder, string path) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } root
            ? $"{Path.Combine(root, path)} is missing ({variable}={root})."
            : $"shared/{Path.Combine(folder, path)} is missing.";
}
