using System.Text.Json;

namespace ImdbPipeline.Testing;

/// <summary>A Dockerfile as a list of instructions, for tests where no container engine is.</summary>
public sealed class Dockerfile
{
    private Dockerfile(string path, IReadOnlyList<DockerStage> stages) => (Path, Stages) = (path, stages);

    /// <summary>Relative to the repository's root, which is the build context.</summary>
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

/// <param name="Base">The image it begins with.</param>
/// <param name="Name">Null where it has none.</param>
public sealed record DockerStage(string Base, string? Name)
{
    public IList<DockerInstruction> Instructions { get; } = [];

    /// <summary>What its <c>ENV</c> instructions set.</summary>
    public IReadOnlyDictionary<string, string> Environment => Of("ENV").SelectMany(env => env.Words).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    public IEnumerable<DockerInstruction> Of(string name) => Instructions.Where(instruction => instruction.Name == name);

    internal static DockerStage From(string arguments)
    {
        var words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new DockerStage(words[0], words is [_, "AS", var name] ? name : null);
    }
}

/// <param name="Name">In capitals.</param>
/// <param name="Arguments">The rest, on one line.</param>
public sealed record DockerInstruction(string Name, string Arguments)
{
    public IReadOnlyList<string> Words => Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The stage that <c>COPY --from</c> names; null where the build context is copied from.</summary>
    public string? FromStage => Words.FirstOrDefault(word => word.StartsWith("--from=", StringComparison.Ordinal))?["--from=".Length..];

    /// <summary>What <c>COPY</c> copies, and where to, the last.</summary>
    public IReadOnlyList<string> Paths => [.. Words.Where(word => !word.StartsWith("--", StringComparison.Ordinal))];

    /// <summary>The program and its arguments; null where the instruction is in shell form.</summary>
    public IReadOnlyList<string>? Exec => Arguments.StartsWith('[') ? JsonSerializer.Deserialize<string[]>(Arguments) : null;
}
