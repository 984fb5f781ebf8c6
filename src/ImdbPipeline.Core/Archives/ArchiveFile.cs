using System.Globalization;
using System.Text;

namespace ImdbPipeline.Core.Archives;

/// <summary>A local file or folder with reviews in it.</summary>
/// <param name="Path">Where it lies on this machine.</param>
/// <param name="Name">How its owner calls it; errors use this name.</param>
/// <param name="Kind">What its name says it is.</param>
public sealed record ArchiveFile(string Path, string Name, ArchiveKind Kind)
{
    /// <summary>The rule of names that cannot name a data set.</summary>
    public const string NameRule = "archive-name-invalid";

    private const int MaxShown = 200;

    // A blob's name has at most 1,024; those of the records about it are longer.
    private const int MaxPath = 900;

    private static readonly (string Suffix, ArchiveKind Kind)[] Suffixes =
    [
        (".tar.gz", ArchiveKind.TarGz), (".tgz", ArchiveKind.TarGz), (".tar", ArchiveKind.Tar), (".zip", ArchiveKind.Zip),
        (".csv.gz", ArchiveKind.CsvGz), (".csv", ArchiveKind.Csv), (".jsonl.gz", ArchiveKind.JsonlGz), (".jsonl", ArchiveKind.Jsonl),
    ];

    /// <summary>The archive as an open file that may have no path any more; the reader leaves it open.</summary>
    internal FileStream? Content { get; init; }

    /// <param name="path">A file or folder on this machine.</param>
    /// <exception cref="InputRejectedException">There is nothing, or nothing of a known kind.</exception>
    public static ArchiveFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)));
        if (Directory.Exists(path))
            return new ArchiveFile(path, name, ArchiveKind.Folder);
        if (!File.Exists(path))
            throw new InputRejectedException("archive-missing", $"archive {path}", "a file or folder", "nothing", "Check the path.");
        return new ArchiveFile(path, name, KindOf(name));
    }

    /// <exception cref="InputRejectedException">The name ends in no known suffix.</exception>
    public static ArchiveKind KindOf(string name) =>
        Match(name)?.Kind ?? throw new InputRejectedException(
            "archive-kind-unknown", $"archive {Show(name)}", $"a name that ends in {string.Join(", ", Suffixes.Select(s => s.Suffix))}",
            "another one", "Pack the reviews as one of these kinds.");

    /// <summary>The data set an archive makes: its file name without folders and known suffixes.</summary>
    /// <exception cref="InputRejectedException">The name cannot be a data set's name.</exception>
    public static string DatasetOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var file = name[(name.LastIndexOf('/') + 1)..];
        var dataset = Match(file) is { } match ? file[..^match.Suffix.Length] : file;
        // Leading underscores are the pipeline's own names; dots, slashes and control characters mean something in paths.
        if (name.Length > MaxPath || dataset.Length is 0 or > MaxShown || dataset[0] is '_' or '.' || dataset.Any(c => char.IsControl(c) || c is '/' or '\\' or '?' or '#' or '%'))
            throw new InputRejectedException(
                NameRule, $"archive {Show(name)}", $"a path of at most {MaxPath} characters with a file name of 1 to {MaxShown} that begins with a letter or digit and has none of / \\ ? # %",
                $"'{Show(dataset)}'", "Rename the archive and upload it again.");
        return dataset;
    }

    internal InputRejectedException Reject(string rule, string expected, string found, string remedy, string? member = null, Exception? inner = null) =>
        new(rule, member is null ? $"archive {Show(Name)}" : $"archive {Show(Name)}, {Show(member)}", expected, found, remedy, inner);

    /// <summary>Names come from strangers: control characters must not reach a terminal or a log.</summary>
    internal static string Show(string name)
    {
        var shown = new StringBuilder();
        foreach (var c in name.Length > MaxShown ? name[..MaxShown] + "…" : name)
            if (char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator)
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                shown.Append(c);
        return shown.ToString();
    }

    private static (string Suffix, ArchiveKind Kind)? Match(string name)
    {
        foreach (var suffix in Suffixes)
            if (name.EndsWith(suffix.Suffix, StringComparison.OrdinalIgnoreCase))
                return suffix;
        return null;
    }
}
