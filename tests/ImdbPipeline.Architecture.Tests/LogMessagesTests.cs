using System.Text.RegularExpressions;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Architecture.Tests;

/// <summary>What log messages are made of.</summary>
public sealed partial class LogMessagesTests
{
    [Fact]
    public void No_log_message_takes_text_that_could_forge_a_line()
    {
        var methods = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(folder => folder is "bin" or "obj"))
            .SelectMany(path => LogMethod().Matches(File.ReadAllText(path)))
            .Select(match => match.Value.Trim())
            .ToList();

        Assert.NotEmpty(methods);
        Assert.DoesNotContain(methods, method => StringParameter().IsMatch(method));
    }

    [GeneratedRegex(@"\[LoggerMessage\([^\n]*\n\s*[^\n]*\);")]
    private static partial Regex LogMethod();

    [GeneratedRegex(@"[(,] ?string\??(\[\])? ")]
    private static partial Regex StringParameter();
}
