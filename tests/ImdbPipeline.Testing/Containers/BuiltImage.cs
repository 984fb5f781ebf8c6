using System.Diagnostics;
using System.Text.RegularExpressions;
using ImdbPipeline.Testing.Processes;
using Xunit;

namespace ImdbPipeline.Testing.Containers;

/// <summary>
/// Builds a Dockerfile without a container engine: copies the build stage's files from the build context into an empty folder and
/// runs its commands there. The entry point then runs in the folder that the image would copy.
/// </summary>
public sealed partial class BuiltImage : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("imdb-test-").FullName;
    private readonly DockerStage image;

    private BuiltImage(DockerStage image) => this.image = image;

    /// <summary>The folder that the image copies from its build stage.</summary>
    public string Folder => Inside(image.InstructionsNamed("COPY").Single(copy => copy.FromStage is not null).Paths[0]);

    public static async Task<BuiltImage> BuildAsync(string dockerfile, Dictionary<string, string> arguments, CancellationToken cancellationToken)
    {
        SlowAttribute.RequireFor("a container image");
        var parsed = Dockerfile.Read(dockerfile);
        var built = new BuiltImage(parsed.Image);
        try
        {
            var folder = "/";
            foreach (var instruction in parsed.Stages[0].Instructions)
            {
                if (instruction.Name == "WORKDIR")
                    Directory.CreateDirectory(built.Inside(folder = instruction.Arguments));
                else if (instruction.Name == "COPY")
                    Copy(instruction.Paths, built.Inside(folder));
                else if (instruction.Name == "RUN")
                    await built.RunAsync(instruction.Arguments, folder, arguments, cancellationToken);
            }
            return built;
        }
        catch
        {
            built.Dispose();
            throw;
        }
    }

    /// <summary>Starts the image's entry point with only the image's variables and these settings.</summary>
    public RunningProgram Start(IReadOnlyDictionary<string, string> settings)
    {
        var environment = new Dictionary<string, string>(image.Environment);
        foreach (var (name, value) in settings)
            environment[name] = value;
        return RunningProgram.StartIsolated(Folder, image.InstructionsNamed("ENTRYPOINT").Single().Exec!, environment);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private static void Copy(IReadOnlyList<string> paths, string folder)
    {
        var (sources, target) = (paths.SkipLast(1), paths[^1]);
        foreach (var source in sources)
        {
            var isFolder = Directory.Exists(Path.Combine(Repository.Root, source));
            foreach (var file in DockerContext.FilesUnder(source.TrimEnd('/')))
            {
                var copy = Path.Combine(folder, target, isFolder ? Path.GetRelativePath(source, file) : Path.GetFileName(file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(Path.Combine(Repository.Root, file), copy, overwrite: true);
            }
        }
    }

    private async Task RunAsync(string command, string folder, Dictionary<string, string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", AbsolutePath().Replace(command, path => Inside(path.Value))]) { WorkingDirectory = Inside(folder), RedirectStandardOutput = true };
        OuterBuildVariables.Hide(start);
        // No build server may outlive the command.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var (name, value) in arguments)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, $"{command}: exit code {process.ExitCode}\n{output}");
    }

    private string Inside(string path) => root + path;

    [GeneratedRegex(@"(?<=\s)/\S+")]
    private static partial Regex AbsolutePath();
}
