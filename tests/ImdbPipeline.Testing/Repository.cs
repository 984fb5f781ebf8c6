namespace ImdbPipeline.Testing;

/// <summary>The clone that the tests were built in.</summary>
public static class Repository
{
    /// <summary>The solution folder.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ImdbPipeline.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"{AppContext.BaseDirectory}: expected a folder inside a clone of the repository, found no ImdbPipeline.sln above it.");
    }
}
