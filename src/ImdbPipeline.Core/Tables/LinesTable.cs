using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tables;

/// <summary>Reads a file with one text per line; lines end as on any operating system.</summary>
internal static class LinesTable
{
    public static IEnumerable<TableRow> Read(Stream text, TableOptions options)
    {
        var lines = new LineReader(text, options.MaxRowLength, breaksAtReturns: true);
        while (lines.Read())
            yield return lines.Check(ErrorRules.TextNotUtf8) is { } error
                ? TableRow.Bad(lines.Number, error)
                : TableColumns.TextOnly.Row(lines.Number, _ => StrictEncoding.Utf8.GetString(lines.Line.Span), options.KeepCells);
    }
}
