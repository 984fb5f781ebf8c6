using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Scoring;

/// <summary>What an incoming file says it is by its name.</summary>
/// <param name="Table">Its inner format.</param>
/// <param name="Gzip">Whether it is compressed.</param>
public sealed record IncomingFormat(IncomingTable Table, bool Gzip)
{
    // A blob's name has at most 1,024; those of the results are longer.
    private const int MostNameLength = 900;

    private const string Remedy = "Rename the file and upload it again.";

    /// <exception cref="InputRejectedException">The name has no known extension, or its results would lie where they must not.</exception>
    public static IncomingFormat Of(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var shown = ArchiveFile.Show(file);
        var subject = $"{StorageLayout.Incoming}/{shown}";
        if (!IsPlain(file))
            throw new InputRejectedException(
                "incoming-name", subject, $"a name of at most {MostNameLength} characters without '.', '..' or empty folders that does not begin with an underscore", $"'{shown}'", Remedy);

        var gzip = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        var inner = gzip ? file[..^".gz".Length] : file;
        IncomingTable? table = Path.GetExtension(inner).ToUpperInvariant() switch
        {
            ".JSONL" => IncomingTable.Jsonl,
            ".CSV" => IncomingTable.Csv,
            ".TXT" => IncomingTable.Lines,
            _ => null,
        };
        if (table is not { } known)
            throw new InputRejectedException(
                "incoming-extension", subject, "a .jsonl, .csv or .txt file, or one of them as .gz", $"'{shown}'", Remedy);

        // reviews.csv is scored into reviews.csv.jsonl: a file of that name would overwrite the other's scores.
        if (!gzip && known == IncomingTable.Jsonl && Path.GetExtension(Path.GetFileNameWithoutExtension(file)).ToUpperInvariant() is ".CSV" or ".TXT" or ".GZ" or ".JSONL")
            throw new InputRejectedException(
                "incoming-name", subject, "a name with one extension", $"'{shown}', which is what the scores of another file would be called", Remedy);
        return new IncomingFormat(known, gzip);
    }

    /// <summary>Whether the name, used as a blob path, stays where it is put and out of the pipeline's own folders.</summary>
    public static bool IsPlain(string file) =>
        file.Length is > 0 and <= MostNameLength && file[0] != '_' && !file.Contains('\\', StringComparison.Ordinal) && file.Split('/').All(part => part is not ("" or "." or ".."));
}

public enum IncomingTable
{
    /// <summary><c>{"id"?, "text"}</c> or a plain string a line.</summary>
    Jsonl,

    /// <summary>A header, then a row a review.</summary>
    Csv,

    /// <summary>A review a line.</summary>
    Lines,
}
