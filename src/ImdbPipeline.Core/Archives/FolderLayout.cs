using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Texts in folders: <c>[root/…][split/]label/name.txt</c>.</summary>
/// <remarks>
/// The deepest level holds the labels. The nearest level above it that names a split holds the splits.
/// The levels are only known once all folders have been seen.
/// </remarks>
internal sealed class FolderLayout(ArchiveFile archive, ArchiveLimits limits)
{
    // This many .txt files, such as readmes, may be above the label folders; more are probably misplaced texts.
    private const int MaxStray = 20;

    private readonly Dictionary<string, int> groups = new(StringComparer.Ordinal);
    private readonly List<(string Folder, int Files, int MaxNumber)> seen = [];
    private readonly LabelSpellings labels = new(isTable: false);
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
        var level = SplitLevel(folders, depth);
        if (level is { } split && folders.Find(folder => SplitNames.OfName(folder[split]) is null) is { } odd)
            throw archive.Reject(ErrorRules.SplitUnknown, $"only folders named {SplitNames.Known}", $"'{UntrustedText.Escape(odd[split])}' next to them", "Rename the folder.");
        var place = Place(folders[0], level);
        if (folders.Find(folder => Place(folder, level) != place) is { } other)
            throw Mixed($"all label folders below '{string.Join('/', folders[0][..(level ?? ^1)])}'", string.Join('/', other));

        foreach (var (folder, files, _) in seen.Where(group => Depth(group.Folder) == depth))
            if (level is not { } at || SplitNames.OfName(folder.Split('/')[at]) != Split.Unsup)
                AddLabel(folder, files);
        labels.Resolve();
        if (labels.Names.Count > limits.MaxLabels)
            throw archive.Reject(ErrorRules.LabelsTooMany, $"at most {limits.MaxLabels} labels", $"{labels.Names.Count}", "Put all texts of a label into one folder.");
        var resolved = seen.Select(group => Depth(group.Folder) == depth ? Resolve(group.Folder, group.MaxNumber, level) : null).ToList();
        TrainingLabels.Require(labels.Names, resolved, archive);
        var root = string.Join('/', folders[0][..(level ?? ^1)]);
        return new SourceLayout
        {
            Labels = labels.Names,
            Groups = resolved,
            IdPrefix = root.Length == 0 ? "" : root + "/",
            SortById = true,
            Ignored = ignored,
            Notes = labels.Notes,
        };
    }

    private void AddLabel(string folder, int files)
    {
        var label = folder[(folder.LastIndexOf('/') + 1)..];
        LabelText.Require(label, limits.MaxLabelLength, archive, "as a folder's name", member: null);
        labels.Add(label, files);
    }

    private SourceGroup Resolve(string folder, int maxNumber, Index? level)
    {
        var parts = folder.Split('/');
        var split = level is { } at ? SplitNames.OfName(parts[at])!.Value : Split.Train;
        var label = split == Split.Unsup ? null : labels.IndexOf(parts[^1]);
        if (movies.TryGetValue(folder, out var list) && maxNumber >= list.Count)
            throw archive.Reject(
                ErrorRules.MoviesMissing, $"a movie list of {maxNumber + 1} lines for {UntrustedText.Escape(folder)}", $"{list.Count}",
                "Complete urls_*.txt or remove it.");
        return new SourceGroup(label is null ? Split.Unsup : split, label, list);
    }

    /// <summary>The level of folders that are named after splits, the nearest above the labels; null if there is none.</summary>
    /// <remarks>Where all folders of a level have the same name, it must be exactly a split's name: a project may be called test-data.</remarks>
    private static Index? SplitLevel(List<string[]> folders, int depth)
    {
        for (var above = 2; above <= depth; above++)
        {
            var names = folders.Select(folder => folder[^above]).Distinct().ToList();
            if (names.Exists(name => SplitNames.OfName(name) is not null) && (names.Count > 1 || (above == 2 && SplitNames.Find(names[0]) is not null)))
                return ^above;
        }
        return null;
    }

    /// <summary>Where a label folder is, apart from its split.</summary>
    private static string Place(string[] folder, Index? level) => string.Join('/', folder.Where((_, i) => i != folder.Length - 1 && (level is not { } at || i != at.GetOffset(folder.Length))));

    private InputRejectedException Mixed(string expected, string found) => archive.Reject(
        ErrorRules.LayoutMixed, expected, $"'{UntrustedText.Escape(found)}'", "Use [split/]label/*.txt throughout, or a table with the columns text and label.");

    private static int Depth(string folder) => folder.Count(c => c == '/') + 1;

    private static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";
}
