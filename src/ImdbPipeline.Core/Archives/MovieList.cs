using System.Text.RegularExpressions;

namespace ImdbPipeline.Core.Archives;

/// <summary>A file <c>urls_{label}.txt</c>: line i is the address of the movie of review i.</summary>
internal static partial class MovieList
{
    private const int MaxAddress = 4096;

    /// <returns>The label the list is for; null where the file is no such list.</returns>
    public static string? LabelOf(string file) => FileName().Match(file) is { Success: true } match ? match.Groups["label"].Value : null;

    public static IReadOnlyList<string> Read(ArchiveMember member, ArchiveFile archive, ArchiveLimits limits)
    {
        var movies = new List<string>();
        var distinct = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = new LineReader(member.Content, MaxAddress, archive, MemberGate.Member(member.Name));
        while (lines.Read(out var line))
        {
            if (movies.Count == limits.MaxReviews)
                throw archive.Reject("too-many-reviews", $"at most {limits.MaxReviews} movies", "more", "Split the archive.", MemberGate.Member(member.Name));
            var address = StrictText.Decode(line.Span, archive, MemberGate.Member(member.Name));
            var movie = Title().Match(address) is { Success: true } title ? title.Value : address.Trim();
            if (!distinct.TryGetValue(movie, out var same))
                distinct[movie] = same = movie;
            movies.Add(same);
        }
        return movies;
    }

    [GeneratedRegex(@"^urls_(?<label>[^/]+)\.txt$")]
    private static partial Regex FileName();

    /// <summary>IMDb's number of a title.</summary>
    [GeneratedRegex(@"\btt[0-9]{5,10}\b")]
    private static partial Regex Title();
}
