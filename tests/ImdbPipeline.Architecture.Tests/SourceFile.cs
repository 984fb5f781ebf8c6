using System.Text.RegularExpressions;

namespace ImdbPipeline.Architecture.Tests;

/// <summary>One C# file of a project.</summary>
/// <param name="Path">Relative to the project's folder, with <c>/</c>.</param>
internal sealed partial record SourceFile(string Project, string Path, string Text)
{
    /// <summary>The first folder below the project's; empty for files next to the project file.</summary>
    public string Layer => Path.Contains('/') ? Path[..Path.IndexOf('/')] : "";

    public string Namespace => NamespaceLine().Match(Text) is { Success: true } found ? found.Groups[1].Value : "";

    /// <summary>Every layer of the same project that the file names, in a using directive or as the qualifier of a name.</summary>
    /// <param name="layers">The project's layers.</param>
    public IEnumerable<string> Uses(IReadOnlyList<string> layers)
    {
        var own = Layer;
        return layers.Where(layer => layer != own && Regex.IsMatch(Text, $@"(?<![\w.""])(?:{Regex.Escape(Project)}\.)?{layer}(?:;|\.[A-Z])|using (?:static )?{Regex.Escape(Project)}\.{layer}[.;]"));
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
