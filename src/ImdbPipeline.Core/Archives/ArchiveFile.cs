using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Archives;

/// <summary>A local file or folder with texts in it.</summary>
/// <param name="Path">Local path.</param>
/// <param name="Name">Original file name, used in error messages.</param>
/// <param name="Kind">Format, derived from the name.</param>
public sealed record ArchiveFile(string Path, string Name, ArchiveKind Kind)
{
    // Blob names have at most 1,024 characters, and those of the records about an archive are longer than its own.
    private const int MaxPath = 900;

    private static readonly (string Suffix, ArchiveKind Kind)[] Suffixes =
    [
        (".tar.gz", ArchiveKind.TarGz), (".tgz", ArchiveKind.TarGz), (".tar", ArchiveKind.Tar), (".zip", ArchiveKind.Zip),
        .. TableFormat.All.Where(format => format.HasLabels)
            .SelectMany(format => new[] { (format.Extension + ".gz", ArchiveKind.TableGz), (format.Extension, ArchiveKind.Table) }),
    ];

    /// <summary>The file extensions of all formats, for messages.</summary>
    public static string Extensions { get; } = string.Join(", ", Suffixes.Select(format => format.Suffix));

    /// <summary>The archive as an open file, which may have been unlinked already; the reader leaves it open.</summary>
    internal FileStream? Content { get; init; }

    /// <summary>What error messages call the file.</summary>
    internal string Subject { get; init; } = $"archive {UntrustedText.Escape(Name)}";

    /// <param name="path">A local file or folder.</param>
    /// <exception cref="InputRejectedException">The path does not exist or its format is unknown.</exception>
    public static ArchiveFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)));
        if (Directory.Exists(path))
            return new ArchiveFile(path, name, ArchiveKind.Folder);
        if (!File.Exists(path))
            throw new InputRejectedException(ErrorRules.ArchiveMissing, path, "an archive or a folder", "nothing", "Check the path.");
        return new ArchiveFile(path, name, KindOf(name));
    }

    /// <exception cref="InputRejectedException">The file extension is unknown.</exception>
    public static ArchiveKind KindOf(string name) =>
        Match(name)?.Kind ?? throw new InputRejectedException(
            ErrorRules.ArchiveKindUnknown, $"archive {UntrustedText.Escape(name)}", $"a file ending in {Extensions}",
            UntrustedText.Escape(name), "Repack the texts in one of these formats.");

    /// <summary>The dataset name of an archive: its file name without folders and known extensions.</summary>
    /// <exception cref="InputRejectedException">The name is not a valid dataset name.</exception>
    public static string DatasetOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var file = name[(name.LastIndexOf('/') + 1)..];
        var dataset = Match(file) is { } match ? file[..^match.Suffix.Length] : file;
        // Leading underscores are reserved for the pipeline; the other characters have a meaning in paths or URLs.
        if (name.Length > MaxPath || name.StartsWith('_') || !TaskStore.IsName(dataset) || !BlobName.IsAddressable(name))
            throw new InputRejectedException(
                ErrorRules.ArchiveNameInvalid, $"archive {UntrustedText.Escape(name)}", $"a path of at most {MaxPath} characters that does not start with _, with a file name of 1 to 200 that does not start with _ or . and contains none of / \\ ? # %, with {BlobName.Requirement}",
                $"'{UntrustedText.Escape(BlobName.IsAddressable(name) ? dataset : name)}'", "Rename the archive and upload it again.");
        return dataset;
    }

    internal InputRejectedException Reject(ErrorRule rule, string expected, string found, string remedy, string? member = null, Exception? inner = null) =>
        new(rule, member is null ? Subject : $"{Subject}, {UntrustedText.Escape(member)}", expected, found, remedy, inner);

    internal InputRejectedException Reject(ErrorRule rule, RowError error, string? member = null) =>
        Reject(rule, error.Expected, error.Place is null ? error.Found : $"{error.Found} ({error.Place})", error.Remedy, member, error.Inner);

    private static (string Suffix, ArchiveKind Kind)? Match(string name)
    {
        foreach (var suffix in Suffixes)
            if (name.EndsWith(suffix.Suffix, StringComparison.OrdinalIgnoreCase))
                return suffix;
        return null;
    }
}
