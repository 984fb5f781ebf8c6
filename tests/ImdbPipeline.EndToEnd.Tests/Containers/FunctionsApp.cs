using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Containers;

/// <summary>The Functions app beside the tests; see <c>Directory.Solution.targets</c> for where it is not built.</summary>
internal static class FunctionsApp
{
    private static readonly string Project = Path.Combine(Repository.Root, "src", "ImdbPipeline.Functions");

    public static bool IsBuilt => !File.Exists(Path.Combine(Project, "obj", "worker-packages.missing"));

    /// <summary>Each function is the class of its file.</summary>
    public static IEnumerable<string> Names =>
        DockerContext.Files("src/ImdbPipeline.Functions").Where(file => File.ReadAllText(Path.Combine(Repository.Root, file)).Contains("[Function(nameof(", StringComparison.Ordinal))
            .Select(file => Path.GetFileNameWithoutExtension(file));
}
