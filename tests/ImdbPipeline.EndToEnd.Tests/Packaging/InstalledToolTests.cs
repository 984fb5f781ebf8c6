using System.Reflection;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.EndToEnd.Tests.Processes;
using ImdbPipeline.MiniLm;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Processes;

namespace ImdbPipeline.EndToEnd.Tests.Packaging;

/// <summary>Packs <c>imdb</c> as a .NET tool and installs it as the README says, with its own NuGet settings, cache and home folder.</summary>
public sealed class InstalledToolTests(AzuriteFixture azurite) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_tool_installs_from_a_local_folder_and_brings_the_trainer_that_it_starts()
    {
        await SucceedAsync(Repository.Root, ["dotnet", "pack", "src/ImdbPipeline.Cli", "--no-build", "-c", Configuration(), "-o", folder["packages"], $"-p:PublishDir={folder["published"]}/"], []);
        await SucceedAsync(folder.Path, ["dotnet", "tool", "install", "imdb", "--tool-path", folder["tools"], "--add-source", folder["packages"], "--configfile", NoSources()], Home());
        var imdb = folder[OperatingSystem.IsWindows() ? "tools/imdb.exe" : "tools/imdb"];

        var version = typeof(Cli.CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Assert.Equal(version, (await SucceedAsync(folder.Path, [imdb, "--version"], Home())).Trim());

        var tickets = Path.Combine(Repository.Root, "docs", "samples", "datasets", "tickets.csv");
        Assert.Matches(@"(?m)^read +18 +texts", await SucceedAsync(folder.Path, [imdb, "inspect", tickets], Home()));

        var trainer = Assert.Single(Directory.GetFiles(folder["tools"], "ImdbPipeline.Trainer.dll", SearchOption.AllDirectories));
        foreach (var file in (string[])["ImdbPipeline.Trainer.deps.json", "ImdbPipeline.Trainer.runtimeconfig.json", "imdb.dll"])
            Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(trainer)!, file)), file);
        var job = await StoredJob.QueueAsync(azurite, new RetrainRequest { Epochs = 1, MaxLength = 32 });
        await SucceedAsync(folder.Path, ["dotnet", trainer], [.. Home(), .. job.Settings, KeyValuePair.Create("BaseModel", MiniLmBase.IsAvailable ? MiniLmBase.ModelName : "scratch-mini")]);
        Assert.Equal(RunState.Published, (await job.ReadAsync()).State);
    }

    /// <summary>The configuration that the tests were built in, so that packing need not build.</summary>
    private static string Configuration() => Directory.GetParent(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))!.Name;

    private string NoSources() => folder.Write("nuget.config", "<configuration><packageSources><clear /></packageSources></configuration>");

    private Dictionary<string, string> Home() => new()
    {
        ["HOME"] = folder["home"],
        ["DOTNET_CLI_HOME"] = folder["home"],
        ["NUGET_PACKAGES"] = folder["cache"],
        ["DOTNET_NOLOGO"] = "1",
    };

    /// <returns>What the command wrote.</returns>
    private static async Task<string> SucceedAsync(string where, IReadOnlyList<string> command, IEnumerable<KeyValuePair<string, string>> settings)
    {
        await using var program = RunningProgram.StartIsolated(where, command, new Dictionary<string, string>(settings));
        await program.SucceedAsync();
        return program.Output;
    }
}
