using System.Text.Json;
using ImdbPipeline.Core.Archives;

namespace ImdbPipeline.Core.Scoring;

/// <summary>Parses one line of an incoming JSONL file.</summary>
internal static class IncomingJson
{
    public static IncomingRow Read(int number, string line, ScoringLimits limits)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var row = json.RootElement;
            return row.ValueKind switch
            {
                JsonValueKind.String => IncomingRow.Of(number, null, row.GetString(), limits),
                JsonValueKind.Object => ReadObject(number, row, limits),
                _ => IncomingRow.Bad($"{number}", $$"""expected {"id", "text"} or a plain string, found a JSON {{row.ValueKind.ToString().ToLowerInvariant()}}"""),
            };
        }
        catch (JsonException e)
        {
            return IncomingRow.Bad($"{number}", $"expected JSON, found a syntax error at byte {e.BytePositionInLine} of the line");
        }
        catch (InvalidOperationException)
        {
            // A lone escape such as \ud800 is valid JSON but not valid Unicode.
            return IncomingRow.Bad($"{number}", "expected Unicode text, found a lone surrogate");
        }
    }

    private static IncomingRow ReadObject(int number, JsonElement row, ScoringLimits limits)
    {
        var properties = row.EnumerateObject().ToArray();
        var columns = TableColumns.Find(Array.ConvertAll(properties, property => property.Name));
        var id = Find(TableColumn.Id) switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Number } value => value.GetRawText(),
            _ => null,
        };
        return Find(TableColumn.Text) switch
        {
            null => IncomingRow.Bad(RowId(), $"expected a text property named {string.Join(", ", TableColumns.TextNames)}, found none"),
            { ValueKind: JsonValueKind.String } text => IncomingRow.Of(number, id, text.GetString(), limits),
            { } other => IncomingRow.Bad(RowId(), $"expected the text as a string, found a JSON {other.ValueKind.ToString().ToLowerInvariant()}"),
        };

        JsonElement? Find(TableColumn column) => columns[(int)column] is >= 0 and var position ? properties[position].Value : null;

        string RowId() => id is { Length: > 0 } && id.Length <= limits.MaxIdCharacters ? id : $"{number}";
    }
}
