using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Texts in folders: <c>[root/…][split/]label/name.txt</c>.</summary>
/// <remarks>
/// The deepest level holds the labels, and the level above it the splits if it contains the name of a split.
/// The levels are only known once all folders have been seen.
/// </remarks>
internal sealed class FolderLayout(ArchiveFile archive, ArchiveLimits limits)
{
    // This many .txt files, such as readmes, may be above the label folders; more are probably misplaced texts.
    private const int MaxStray = 20;

    private readonly Dictionary<string, int> groups = new(StringComparer.Ordinal);
    private readonly List<(string Folder, int Files, int MaxNumber)> seen = [];
    private readonly Dictionary<string, IReadOnlyList<string>> movies = new(StringComparer.Ordinal);

    public bool Any => seen.Count > 0;

    /// <returns>The index of the folder's group.</returns>
    public int Add(string folder, int? number)
    {
        if (!groups.TryGetValue(folder, out var group))
        {
            group = groups[folder] = seen.Count;
            seen.Add((folder, 0, -1));
            if (seen.Count > limits.MaxLabels * 4)
                throw archive.Reject(ErrorRules.LabelsTooMany, $"at most {limits.MaxLabels} labels", $"{seen.Count} folders", "Put all texts of a label into one folder.");
        }
        var (_, files, max) = seen[group];
        seen[group] = (folder, files + 1, Math.Max(max, number ?? -1));
        return group;
    }

    /// <summary>Line i names the movie of text i of <paramref name="label"/>.</summary>
    public void AddMovies(string folder, string label, IReadOnlyList<string> list) => movies[Join(folder, label)] = list;

    public SourceLayout Resolve(int ignored)
    {
        var depth = seen.Max(group => Depth(group.Folder));
        if (seen.Where(group => Depth(group.Folder) < depth).Sum(group => group.Files) > MaxStray)
            throw Mixed($"all .txt files {depth} folders deep", seen.First(group => Depth(group.Folder) < depth).Folder);

        var folders = seen.Where(group => Depth(group.Folder) == depth).Select(group => group.Folder.Split('/')).ToList();
        var splits = depth > 1 && folders.Any(folder => SplitNames.Find(folder[^2]) is not null);
        if (splits && folders.Find(folder => SplitNames.Find(folder[^2]) is null) is { } odd)
            throw archive.Reject(ErrorRules.SplitUnknown, $"only folders named {SplitNames.Known}", $"'{UntrustedText.Escape(odd[^2])}' next to them", "Rename the folder.");
        var root = Root(folders[0], splits);
        if (folders.Find(folder => Root(folder, splits) != root) is { } other)
            throw Mixed($"all label folders below '{root}'", string.Join('/', other));

        var names = folders.Select(folder => folder[^1]).Where(name => !SplitNames.IsUnlabelled(name));
        var labels = LabelNames.Sort(names, archive);
        if (labels.Count > limits.MaxLabels)
            throw archive.Reject(ErrorRules.LabelsTooMany, $"at most {limits.MaxLabels} labels", $"{labels.Count}", "Put all texts of a label into one folder.");
        var index = labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        var resolved = seen.Select(group => Depth(group.Folder) == depth ? Resolve(group.Folder, group.MaxNumber, splits, index) : null).ToList();
        LabelNames.RequireTraining(resolved, archive);
        return new SourceLayout
        {
            Labels = labels,
            Groups = resolved,
            IdPrefix = root.Length == 0 ? "" : root + "/",
            SortById = true,
            Ignored = ignored,
        };
    }

    private SourceGroup Resolve(string folder, int maxNumber, bool splits, Dictionary<string, int> index)
    {
        var parts = folder.Split('/');
        var split = splits ? SplitNames.Find(parts[^2])!.Value : Split.Train;
        int? label = SplitNames.IsUnlabelled(parts[^1]) || split == Split.Unsup ? null : index[parts[^1]];
        if (movies.TryGetValue(folder, out var list) && maxNumber >= list.Count)
            throw archive.Reject(
                ErrorRules.MoviesMissing, $"a movie list of {maxNumber + 1} lines for {UntrustedText.Escape(folder)}", $"{list.Count}",
                "Complete urls_*.txt or remove it.");
        return new SourceGroup(label is null ? Split.Unsup : split, label, list);
    }

    private InputRejectedException Mixed(string expected, string found) => archive.Reject(
        ErrorRules.LayoutMixed, expected, $"'{UntrustedText.Escape(found)}'", "Use [split/]label/*.txt throughout, or a table with the columns text and label.");

    private static string Root(string[] folder, bool splits) => string.Join('/', folder[..^(splits ? 2 : 1)]);

    private static int Depth(string folder) => folder.Count(c => c == '/') + 1;

    private static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";
}
