using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Scoring;

/// <summary>The format of an incoming file, derived from its name.</summary>
/// <param name="Table">Format of the (uncompressed) content.</param>
/// <param name="Gzip">Whether the file is gzip-compressed.</param>
public sealed record IncomingFormat(TableFormat Table, bool Gzip)
{
    private const string Remedy = "Rename the file and upload it again.";

    /// <summary>The file extensions of all formats, for messages.</summary>
    public static string Extensions { get; } = $"{string.Join(", ", TableFormat.All.Select(format => format.Extension))}, optionally with .gz";

    /// <param name="file">The blob's name in <c>incoming</c>.</param>
    /// <exception cref="InputRejectedException">The name has no known extension, is not a safe blob path, or clashes with the results of another file.</exception>
    public static IncomingFormat Of(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var shown = UntrustedText.Escape(file);
        var subject = $"{StorageLayout.Incoming}/{shown}";
        if (!StorageLayout.IsSafeName(file))
            throw new InputRejectedException(
                ErrorRules.IncomingName, subject, $"a name of at most {StorageLayout.MaxIncomingNameLength} characters that does not start with an underscore and has no empty folder names, {BlobName.Requirement}", $"'{shown}'", Remedy);

        var format = Find(file) ?? throw new InputRejectedException(ErrorRules.IncomingExtension, subject, $"a file ending in {Extensions}", $"'{shown}'", Remedy);

        // The scores of reviews.csv go to reviews.csv.jsonl: an incoming file with that name would overwrite them.
        var other = Path.GetFileNameWithoutExtension(file);
        if (!format.Gzip && format.Table == TableFormat.Jsonl && (TableFormat.Find(other) is not null || other.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)))
            throw new InputRejectedException(
                ErrorRules.IncomingName, subject, "a name with one extension", $"'{shown}', the name of another file's scores", Remedy);
        return format;
    }

    /// <returns>The format by the file's extension; null if it is not a known one.</returns>
    public static IncomingFormat? Find(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var gzip = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        return TableFormat.Find(gzip ? file[..^".gz".Length] : file) is { } table ? new IncomingFormat(table, gzip) : null;
    }
}
