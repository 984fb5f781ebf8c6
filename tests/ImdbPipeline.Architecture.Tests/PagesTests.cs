using System.Text.RegularExpressions;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Architecture.Tests;

/// <summary>What README and the pages in <c>docs</c> refer to exists.</summary>
public sealed partial class PagesTests
{
    public static TheoryData<string> Pages =>
    [
        "README.md", .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Concat(Directory.GetFiles(Path.Combine(Repository.Root, ".github"), "*.md"))
            .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_to_an_existing_file_and_heading(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        var broken = Link().Matches(Read(page)).Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !IsValid(target)).ToList();
        Assert.True(broken.Count == 0, $"{page} links to {string.Join(", ", broken)}, which does not exist.");

        bool IsValid(string target)
        {
            var (path, heading) = target.Split('#') is [var file, var anchor] ? (file, anchor) : (target, null);
            var full = path.Length == 0 ? Path.Combine(Repository.Root, page) : Path.GetFullPath(Path.Combine(folder, path));
            return Path.Exists(full) && (heading is null || Headings(File.ReadAllText(full)).Contains(heading));
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_test_class_named_on_a_page_exists(string page)
    {
        var missing = TestClass().Matches(Read(page)).Select(match => match.Groups["name"].Value).Distinct().Except(TestClasses).ToList();
        Assert.True(missing.Count == 0, $"{page} names {string.Join(", ", missing)}, which does not exist.");
    }

    private static HashSet<string> TestClasses { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).Select(file => Path.GetFileNameWithoutExtension(file)),
    ];

    private static string Read(string page) => File.ReadAllText(Path.Combine(Repository.Root, page));

    // A heading's anchor: lower case, spaces as hyphens, without other punctuation.
    private static IEnumerable<string> Headings(string page) => Heading().Matches(page)
        .Select(match => Punctuation().Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z0-9]*Tests)`")]
    private static partial Regex TestClass();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();
}
