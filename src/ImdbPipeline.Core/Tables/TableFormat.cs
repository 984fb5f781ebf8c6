using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tables;

/// <summary>A format of files with one text per row, the same in datasets and incoming files.</summary>
public sealed class TableFormat
{
    private readonly Func<Stream, TableOptions, IEnumerable<TableRow>> read;

    private TableFormat(string extension, Func<Stream, TableOptions, IEnumerable<TableRow>> read) => (Extension, this.read) = (extension, read);

    public static TableFormat Jsonl { get; } = new(".jsonl", JsonlTable.Read);

    public static IReadOnlyList<TableFormat> All { get; } =
    [
        Jsonl,
        new(".ndjson", JsonlTable.Read),
        new(".json", JsonTable.Read),
        new(".csv", CsvTable.Read),
        new(".tsv", CsvTable.ReadTabs),
        new(".parquet", ParquetTable.Read) { IsText = false },
        new(".txt", LinesTable.Read) { HasLabels = false },
    ];

    public string Extension { get; }

    /// <summary>Whether a dataset can have this format.</summary>
    public bool HasLabels { get; private init; } = true;

    /// <summary>Whether the content is text, in UTF-8.</summary>
    internal bool IsText { get; private init; } = true;

    /// <returns>The format of a file with this name, without <c>.gz</c>; null if there is none.</returns>
    public static TableFormat? Find(string name) => All.FirstOrDefault(format => name.EndsWith(format.Extension, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads the rows in order and in bounded memory, bad rows with their error. No rows follow an error with an <see cref="RowError.IncomingRule"/>.</summary>
    internal IEnumerable<TableRow> Read(PeekableStream content, TableOptions options)
    {
        // Most UTF-16 text is also valid UTF-8, with a NUL between the letters.
        if (IsText && StrictEncoding.LooksLikeUtf16(content.Head))
            return [TableRow.Bad(0, new RowError(ErrorRules.TextUtf16, ErrorRules.TextUtf16, "UTF-8 text", "UTF-16", "Save the text as UTF-8."))];
        if (IsText)
            content.SkipByteOrderMark();
        return read(content, options);
    }
}
