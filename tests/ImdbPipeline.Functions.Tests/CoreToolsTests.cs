using System.Diagnostics;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Processes;

namespace ImdbPipeline.Functions.Tests;

/// <summary>How <c>dotnet run</c> starts the Core Tools: a mock of <c>func</c> prints how and where it was started.</summary>
[Slow]
public sealed class CoreToolsTests : IDisposable
{
    private readonly string tools = Directory.CreateTempSubdirectory("imdb-test-").FullName;

    public void Dispose() => Directory.Delete(tools, recursive: true);

    [Theory]
    [InlineData("", "--project", "src/ImdbPipeline.Functions")]
    [InlineData("src/ImdbPipeline.Functions")]
    public async Task Dotnet_run_starts_func_in_the_output_folder_of_the_app(string from, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The mock is a shell script.");
        var configuration = Directory.GetParent(AppContext.BaseDirectory.TrimEnd('/'))!.Name;
        var app = Path.Combine(Repository.Root, "src", "ImdbPipeline.Functions", "bin", configuration, "net10.0");
        var func = Path.Combine(tools, "func");
        await File.WriteAllTextAsync(func, "#!/bin/sh\n[ \"$1\" = --version ] || echo \"func $* in $(pwd)\"\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(func, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var start = new ProcessStartInfo("dotnet", ["run", "--no-build", "-c", configuration, .. arguments]) { WorkingDirectory = Path.Combine(Repository.Root, from), RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{tools}:{Environment.GetEnvironmentVariable("PATH")}";
        OuterBuildVariables.Hide(start);
        using var process = Process.Start(start)!;
        var output = (await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).TrimEnd();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal($"func start in {app}", output.Split('\n')[^1]);
        Assert.All((string[])["host.json", "worker.config.json", "functions.metadata", "ImdbPipeline.Functions.dll"], file => Assert.True(File.Exists(Path.Combine(app, file)), file));
    }
}
