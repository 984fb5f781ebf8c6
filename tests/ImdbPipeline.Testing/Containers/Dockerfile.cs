using System.Text.Json;

namespace ImdbPipeline.Testing.Containers;

/// <summary>A parsed Dockerfile, for tests without a container engine.</summary>
public sealed class Dockerfile
{
    private Dockerfile(string path, IReadOnlyList<DockerStage> stages) => (Path, Stages) = (path, stages);

    /// <summary>Relative to the repository root, which is the build context.</summary>
    public string Path { get; }

    public IReadOnlyList<DockerStage> Stages { get; }

    /// <summary>The stage that becomes the image.</summary>
    public DockerStage Image => Stages[^1];

    public static Dockerfile Read(string path)
    {
        var stages = new List<DockerStage>();
        foreach (var (name, arguments) in Instructions(File.ReadAllLines(System.IO.Path.Combine(Repository.Root, path))))
        {
            if (name == "FROM")
                stages.Add(DockerStage.From(arguments));
            else
                stages[^1].Instructions.Add(new DockerInstruction(name, arguments));
        }
        return new Dockerfile(path, stages);
    }

    private static IEnumerable<(string Name, string Arguments)> Instructions(IEnumerable<string> lines)
    {
        var instruction = "";
        foreach (var line in lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            instruction += line.TrimEnd('\\');
            if (line.EndsWith('\\'))
                continue;
            var parts = instruction.Split(' ', 2, StringSplitOptions.TrimEntries);
            yield return (parts[0], parts[1]);
            instruction = "";
        }
    }
}

/// <param name="Base">The base image.</param>
/// <param name="Name">Null if unnamed.</param>
public sealed record DockerStage(string Base, string? Name)
{
    public IList<DockerInstruction> Instructions { get; } = [];

    /// <summary>Variables set by its <c>ENV</c> instructions.</summary>
    public IReadOnlyDictionary<string, string> Environment => InstructionsNamed("ENV").SelectMany(env => env.Words).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    public IEnumerable<DockerInstruction> InstructionsNamed(string name) => Instructions.Where(instruction => instruction.Name == name);

    internal static DockerStage From(string arguments)
    {
        var words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new DockerStage(words[0], words is [_, "AS", var name] ? name : null);
    }
}

/// <param name="Name">In upper case.</param>
/// <param name="Arguments">Everything after the name, on one line.</param>
public sealed record DockerInstruction(string Name, string Arguments)
{
    public IReadOnlyList<string> Words => Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The stage named by <c>COPY --from</c>; null when copying from the build context.</summary>
    public string? FromStage => Words.FirstOrDefault(word => word.StartsWith("--from=", StringComparison.Ordinal))?["--from=".Length..];

    /// <summary>Source paths of <c>COPY</c>, followed by the target.</summary>
    public IReadOnlyList<string> Paths => [.. Words.Where(word => !word.StartsWith("--", StringComparison.Ordinal))];

    /// <summary>The program and its arguments; null for the shell form.</summary>
    public IReadOnlyList<string>? Exec => Arguments.StartsWith('[') ? JsonSerializer.Deserialize<string[]>(Arguments) : null;
}
