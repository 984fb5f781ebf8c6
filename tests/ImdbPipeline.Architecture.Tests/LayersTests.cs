using System.Text.RegularExpressions;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Architecture.Tests;

/// <summary>The folders of each project are layers, in the order that <c>docs/architecture.md</c> gives them.</summary>
public sealed partial class LayersTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_folder_uses_only_the_folders_before_it(string project)
    {
        var layers = Layers(project);
        var violations = (from file in Files(project)
                          where file.Layer.Length > 0
                          from used in file.Uses(layers)
                          where layers.IndexOf(used) > layers.IndexOf(file.Layer)
                          select $"{file.Path} uses {used}, which comes after {file.Layer}").ToList();

        Assert.True(violations.Count == 0, string.Join('\n', violations));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_architecture_page_lists_every_folder_of_a_project(string project) =>
        Assert.Equal(Files(project).Select(file => file.Layer).Where(layer => layer.Length > 0).Distinct().Order(StringComparer.Ordinal), Layers(project).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_namespace_is_its_folder(string project) =>
        Assert.All(Files(project).Where(file => file.Namespace.Length > 0), file =>
            Assert.Equal(string.Join('.', [project, .. file.Path.Split('/')[..^1]]), file.Namespace));

    [Fact]
    public void Core_knows_neither_torch_nor_functions()
    {
        var packages = File.ReadAllText(Path.Combine(Repository.Root, "src", "ImdbPipeline.Core", "ImdbPipeline.Core.csproj"));

        Assert.DoesNotContain("Torch", packages, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Functions", packages, StringComparison.Ordinal);
    }

    /// <summary>The project's layers, lowest first; none where the page gives none, as for a project without folders.</summary>
    private static List<string> Layers(string project) =>
        LayersLine().Matches(Page).FirstOrDefault(line => line.Groups[1].Value == project) is { } found ? [.. found.Groups[2].Value.Split(" → ")] : [];

    private static IEnumerable<SourceFile> Files(string project)
    {
        var folder = Path.Combine(Repository.Root, "src", project);
        foreach (var path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(folder, path).Replace('\\', '/');
            // Code that runs inside the build is no part of the program.
            if (relative.Split('/')[0] is not ("bin" or "obj" or "build"))
                yield return new SourceFile(project, relative, File.ReadAllText(path));
        }
    }

    [GeneratedRegex(@"^\| `(ImdbPipeline\.\w+)` \| ([\w →]+) \|", RegexOptions.Multiline)]
    private static partial Regex LayersLine();
}
