namespace ImdbPipeline.Infra.Tests;

public sealed class DiagnosticsTests
{
    public static TheoryData<string> Templates() => Files("*.bicep");

    public static TheoryData<string> Parameters() => Files("*.bicepparam");

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task Template_compiles_and_lints_without_a_word(string file)
    {
        Assert.Equal("", (await Bicep.RunAsync("build", file, "--stdout")).Diagnostics);
        Assert.Equal(("", ""), await Bicep.RunAsync("lint", file));
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task Parameters_fit_the_template(string file) => Assert.Equal("", (await Bicep.RunAsync("build-params", file, "--stdout")).Diagnostics);

    private static TheoryData<string> Files(string pattern) =>
        [.. Directory.EnumerateFiles(Bicep.Folder, pattern, SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Bicep.Folder, path)).Order(StringComparer.Ordinal)];
}
