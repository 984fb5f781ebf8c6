using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tables;

/// <summary>Reads a JSONL file: one JSON object or plain string per line; blank lines are skipped.</summary>
internal static class JsonlTable
{
    public static IEnumerable<TableRow> Read(Stream jsonl, int maxRowLength)
    {
        var lines = new LineReader(jsonl, maxRowLength);
        var columns = TableColumns.TextOnly;
        for (var number = 1; lines.Read();)
            if (lines.TooLong is not null || !lines.Line.Span.Trim(" \t"u8).IsEmpty)
                yield return lines.Check(ErrorRules.JsonlRow) is { } error ? TableRow.Bad(number++, error) : Parse(number++);

        TableRow Parse(int number)
        {
            try
            {
                using var json = JsonDocument.Parse(lines.Line);
                var row = json.RootElement;
                return row.ValueKind switch
                {
                    JsonValueKind.String => TableColumns.TextOnly.Row(number, _ => row.GetString()),
                    JsonValueKind.Object => ReadObject(number, [.. row.EnumerateObject()]),
                    _ => TableRow.Bad(number, Error("a JSON object or a plain string", $"a JSON {row.ValueKind.ToString().ToLowerInvariant()}")),
                };
            }
            catch (JsonException e)
            {
                return TableRow.Bad(number, Error("JSON", $"a syntax error at byte {e.BytePositionInLine} of the line", e));
            }
            catch (InvalidOperationException e)
            {
                // A lone escape such as \ud800 is valid JSON but not valid Unicode.
                return TableRow.Bad(number, Error("Unicode text", "a lone surrogate", e));
            }
        }

        TableRow ReadObject(int number, JsonProperty[] properties)
        {
            var names = Array.ConvertAll(properties, property => property.Name);
            // The columns rarely differ from those of the previous row.
            if (!columns.Header.AsSpan().SequenceEqual(names))
                columns = new TableColumns(names);
            var row = columns.Row(number, position => Value(properties[position].Value));
            return columns[TableColumn.Text] is >= 0 and var text && properties[text].Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null) and var kind
                ? row with { Error = Error("the text as a string", $"a JSON {kind.ToString().ToLowerInvariant()}") }
                : row;
        }

        RowError Error(string expected, string found, Exception? inner = null) =>
            new(ErrorRules.JsonlRow, null, expected, found, "Correct the line.", $"line {lines.Number}", inner);
    }

    private static string? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}
