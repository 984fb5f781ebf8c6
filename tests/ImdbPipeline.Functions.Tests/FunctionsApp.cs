using System.Text.RegularExpressions;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Containers;

namespace ImdbPipeline.Functions.Tests;

/// <summary>What the sources of the Functions app declare.</summary>
internal static partial class FunctionsApp
{
    /// <summary>The name of every function.</summary>
    public static IEnumerable<string> Names =>
        DockerContext.FilesUnder("src/ImdbPipeline.Functions").Where(file => file.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => FunctionAttribute().Matches(File.ReadAllText(Path.Combine(Repository.Root, file))))
            .Select(match => match.Groups["name"].Value);

    [GeneratedRegex(@"\[Function\(nameof\((?<name>\w+)\)\)\]")]
    private static partial Regex FunctionAttribute();
}
