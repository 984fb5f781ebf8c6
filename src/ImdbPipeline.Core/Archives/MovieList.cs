using System.Text.RegularExpressions;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Archives;

/// <summary>A file <c>urls_{label}.txt</c>: line i is the URL of the movie of review i.</summary>
internal static partial class MovieList
{
    private const int MaxUrlLength = 4096;

    /// <returns>The list's label; null if the file is not a movie list.</returns>
    public static string? LabelOf(string file) => FileName().Match(file) is { Success: true } match ? match.Groups["label"].Value : null;

    public static IReadOnlyList<string> Read(ArchiveMember member, ArchiveFile archive, ArchiveLimits limits)
    {
        var movies = new List<string>();
        var distinct = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = new LineReader(member.Content, MaxUrlLength);
        while (lines.Read())
        {
            if (lines.TooLong is { } error)
                throw archive.Reject(error.Rule, error, MemberChecks.Member(member.Name));
            if (movies.Count == limits.MaxTexts)
                throw archive.Reject(ErrorRules.TooManyReviews, $"at most {limits.MaxTexts} movies", "more", "Split the archive.", MemberChecks.Member(member.Name));
            var url = StrictUtf8.Decode(lines.Line.Span, archive, MemberChecks.Member(member.Name));
            var movie = Title().Match(url) is { Success: true } title ? title.Value : url.Trim();
            if (!distinct.TryGetValue(movie, out var same))
                distinct[movie] = same = movie;
            movies.Add(same);
        }
        return movies;
    }

    [GeneratedRegex(@"^urls_(?<label>[^/]+)\.txt$")]
    private static partial Regex FileName();

    /// <summary>An IMDb title id.</summary>
    [GeneratedRegex(@"\btt[0-9]{5,10}\b")]
    private static partial Regex Title();
}
