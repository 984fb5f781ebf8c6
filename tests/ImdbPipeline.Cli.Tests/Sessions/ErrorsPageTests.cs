using System.Text;
using System.Text.RegularExpressions;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Cli.Tests.Sessions;

/// <summary>Checks the error rules, and <c>docs/errors.md</c> against them.</summary>
public sealed partial class ErrorsPageTests
{
    private const string Update = "UPDATE_DOCS=1 dotnet test --project tests/ImdbPipeline.Cli.Tests -- --filter-class '*ErrorsPageTests'";

    [Fact]
    public void The_errors_page_lists_every_rule_with_its_exit_code()
    {
        var path = Path.Combine(Repository.Root, "docs", "errors.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, Page());

        Assert.True(File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n") == Page(), $"docs/errors.md is out of date. Run: {Update}");
    }

    [Fact]
    public void Rule_ids_are_unique_and_kebab_case()
    {
        var ids = ErrorRules.All.Select(rule => rule.Id).ToList();

        Assert.Equal(ids.Distinct(), ids);
        Assert.All(ids, id => Assert.Matches(@"\A[a-z0-9]+(-[a-z0-9]+)*\z", id));
    }

    [Fact]
    public void Every_rule_is_used_and_no_source_file_spells_out_a_rule_id()
    {
        var rules = typeof(ErrorRules).GetFields().ToDictionary(field => field.Name, field => ((ErrorRule)field.GetValue(null)!).Id);
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith("ErrorRules.cs", StringComparison.Ordinal) && !path.Split(Path.DirectorySeparatorChar).Contains("obj"))
            .Select(File.ReadAllText).ToList();

        Assert.Empty(rules.Keys.Except(sources.SelectMany(text => Use().Matches(text)).Select(match => match.Groups[1].Value)));
        Assert.All(sources, text => Assert.DoesNotMatch(@"new InputRejectedException\(\s*""", text));
        Assert.Empty(rules.Values.Where(id => id.Contains('-')).Intersect(sources.SelectMany(text => Literal().Matches(text)).Select(match => match.Groups[1].Value)));
    }

    private static string Page()
    {
        var page = new StringBuilder($"""
            # Error rules

            Rejected input breaks one of these rules. The IDs are stable: rejection records and the log name them, and HTTP errors have them
            as their `title`. The exit code is that of `imdb` when the error ends a command; `setting-out-of-range` exits with 2 if a
            command-line option is out of range.

            This page is generated from `src/ImdbPipeline.Core/Foundation/ErrorRules.cs`. To update it:

            ```
            {Update}
            ```

            """.ReplaceLineEndings("\n"));
        foreach (var area in ErrorRules.All.GroupBy(rule => rule.Area).OrderBy(area => area.Key, StringComparer.Ordinal))
        {
            page.Append($"\n## {area.Key}\n\n| rule | exit code | meaning |\n| --- | --- | --- |\n");
            foreach (var rule in area.OrderBy(rule => rule.Id, StringComparer.Ordinal))
                page.Append($"| `{rule.Id}` | {(int)Failures.ExitCodeOf(rule.Kind)} | {rule.Meaning} |\n");
        }
        return page.ToString();
    }

    [GeneratedRegex(@"\bErrorRules\.(\w+)")]
    private static partial Regex Use();

    [GeneratedRegex(@"""([a-z0-9-]+)""")]
    private static partial Regex Literal();
}
