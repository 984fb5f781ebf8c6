using ImdbPipeline.Testing;

namespace ImdbPipeline.Infra.Tests;

[Slow]
public sealed class DiagnosticsTests
{
    public static TheoryData<string> Parameters() => Files("*.bicepparam");

    [Fact]
    public async Task The_deployment_with_all_modules_compiles_and_lints_without_diagnostics()
    {
        Assert.Equal("", (await Bicep.RunAsync("build", "main.bicep", "--stdout")).Diagnostics);
        Assert.Equal(("", ""), await Bicep.RunAsync("lint", "main.bicep"));

        var main = await File.ReadAllTextAsync(Path.Combine(Bicep.Folder, "main.bicep"), TestContext.Current.CancellationToken);
        Assert.All(Directory.EnumerateFiles(Path.Combine(Bicep.Folder, "modules")), file => Assert.Contains($"'modules/{Path.GetFileName(file)}'", main, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task Parameter_files_match_the_template(string file) => Assert.Equal("", (await Bicep.RunAsync("build-params", file, "--stdout")).Diagnostics);

    private static TheoryData<string> Files(string pattern) =>
        [.. Directory.EnumerateFiles(Bicep.Folder, pattern, SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Bicep.Folder, path)).Order(StringComparer.Ordinal)];
}
