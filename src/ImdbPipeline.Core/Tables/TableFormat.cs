using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tables;

/// <summary>A format of files with one text per row, the same in datasets and incoming files.</summary>
public sealed class TableFormat
{
    private readonly Func<Stream, int, IEnumerable<TableRow>> read;

    private TableFormat(string extension, Func<Stream, int, IEnumerable<TableRow>> read) => (Extension, this.read) = (extension, read);

    public static TableFormat Jsonl { get; } = new(".jsonl", JsonlTable.Read);

    public static IReadOnlyList<TableFormat> All { get; } =
    [
        Jsonl,
        new(".csv", CsvTable.Read),
        new(".txt", LinesTable.Read) { HasLabels = false },
    ];

    public string Extension { get; }

    /// <summary>Whether a dataset can have this format.</summary>
    public bool HasLabels { get; private init; } = true;

    /// <returns>The format of a file with this name, without <c>.gz</c>; null if there is none.</returns>
    public static TableFormat? Find(string name) => All.FirstOrDefault(format => name.EndsWith(format.Extension, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads the rows in order and in bounded memory, bad rows with their error. No rows follow an error with an <see cref="RowError.IncomingRule"/>.</summary>
    internal IEnumerable<TableRow> Read(PeekableStream content, int maxRowLength)
    {
        // Most UTF-16 text is also valid UTF-8, with a NUL between the letters.
        if (StrictEncoding.LooksLikeUtf16(content.Head))
            return [TableRow.Bad(0, new RowError(ErrorRules.TextUtf16, ErrorRules.TextUtf16, "UTF-8 text", "UTF-16", "Save the text as UTF-8."))];
        content.SkipByteOrderMark();
        return read(content, maxRowLength);
    }
}
