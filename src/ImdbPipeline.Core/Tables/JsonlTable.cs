using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tables;

/// <summary>Reads a JSONL file: one JSON object or plain string per line; blank lines are skipped.</summary>
internal static class JsonlTable
{
    public static IEnumerable<TableRow> Read(Stream jsonl, TableOptions options)
    {
        var lines = new LineReader(jsonl, options.MaxRowLength);
        var rows = new JsonRows(options);
        for (var number = 1; lines.Read();)
            if (lines.TooLong is not null || !lines.Line.Span.Trim(" \t"u8).IsEmpty)
                yield return lines.Check(ErrorRules.JsonlRow) is { } error ? TableRow.Bad(number++, error) : Parse(number++);

        TableRow Parse(int number)
        {
            var place = $"line {lines.Number}";
            try
            {
                using var json = JsonDocument.Parse(lines.Line);
                return rows.Read(number, json.RootElement, place);
            }
            catch (JsonException e)
            {
                return rows.Damaged(number, lines.Line.Span, e, place);
            }
        }
    }
}
