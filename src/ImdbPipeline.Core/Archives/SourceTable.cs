using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Archives;

/// <summary>One table of an archive.</summary>
/// <param name="Index">Its place among the tables.</param>
/// <param name="Path">Path in the archive; empty for a table that is not in an archive.</param>
/// <param name="IdPrefix">Distinguishes the rows of several tables.</param>
/// <param name="Member">What error messages call the table; 'table rows' for a table that is not in an archive.</param>
internal sealed record SourceTable(int Index, string Path, string IdPrefix, string Member)
{
    /// <summary>Rows read so far, unreadable ones included.</summary>
    public int Rows { get; set; }

    /// <summary>Rows that end before the last column.</summary>
    public int ShortRows { get; set; }

    /// <summary>The columns of the header; of JSON, those of the row with the most columns that are read.</summary>
    public TableColumns Columns { get; private set; } = TableColumns.TextOnly;

    /// <summary>Whether its rows are numbered because their ids repeat.</summary>
    public bool NumbersRows { get; set; }

    public void Take(TableColumns columns)
    {
        if (columns != Columns && (Columns == TableColumns.TextOnly || columns.Taken().Count() > Columns.Taken().Count()))
            Columns = columns;
    }

    public string Shown(ArchiveFile archive) => UntrustedText.Escape(Path.Length == 0 ? archive.Name : Path);
}
