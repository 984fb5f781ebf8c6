using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tables;

/// <summary>Turns JSON values into table rows: objects, whose properties are columns, or plain strings.</summary>
internal sealed class JsonRows(TableOptions options)
{
    private const int MaxIdDepth = 1;

    private TableColumns columns = TableColumns.TextOnly;

    /// <param name="place">Where the value is, for error messages.</param>
    public TableRow Read(int number, JsonElement value, string place)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => TableColumns.TextOnly.Row(number, _ => value.GetString(), options.KeepCells),
                JsonValueKind.Object => ReadObject(number, [.. value.EnumerateObject()], place),
                var kind => TableRow.Bad(number, Error("a JSON object or a plain string", Article(kind), place)),
            };
        }
        catch (InvalidOperationException e)
        {
            return TableRow.Bad(number, NotUnicode(e, place));
        }
    }

    /// <summary>A value that is not JSON, with the id if it stands before the mistake.</summary>
    public TableRow Damaged(int number, ReadOnlySpan<byte> value, JsonException e, string place)
    {
        var (names, values) = (new List<string>(), new List<string?>());
        var reader = new Utf8JsonReader(value);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth > MaxIdDepth)
                    continue;
                if (reader.TokenType == JsonTokenType.PropertyName)
                    names.Add(reader.GetString()!);
                else if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number && names.Count == values.Count + 1)
                    values.Add(reader.TokenType == JsonTokenType.String ? reader.GetString() : StrictEncoding.Utf8.GetString(reader.ValueSpan));
                else if (names.Count == values.Count + 1)
                    values.Add(null);
            }
        }
        catch (Exception mistake) when (mistake is JsonException or InvalidOperationException)
        {
            // The mistake itself, which the caller knows.
        }
        var read = new TableColumns([.. names], options.Columns).Row(number, position => position < values.Count ? values[position] : null, keepCells: false);
        var row = TableRow.Bad(number, Error("JSON", $"a syntax error at byte {e.BytePositionInLine} of the line", place, e));
        row[TableColumn.Id] = read[TableColumn.Id];
        return row;
    }

    private TableRow ReadObject(int number, JsonProperty[] properties, string place)
    {
        var names = Array.ConvertAll(properties, property => property.Name);
        // The columns rarely differ from those of the previous row.
        if (!columns.Header.AsSpan().SequenceEqual(names))
            columns = new TableColumns(names, options.Columns);
        Exception? loneSurrogate = null;
        var row = columns.Row(number, position => TryRead(properties[position].Value), options.KeepCells);
        var error = loneSurrogate is not null ? NotUnicode(loneSurrogate, place) : Find(TableColumn.Text) is { ValueKind: not (JsonValueKind.String or JsonValueKind.Null) } text ? Error("the text as a string", Article(text.ValueKind), place) : null;
        var labelError = Find(TableColumn.Label) is { ValueKind: JsonValueKind.Array or JsonValueKind.Object } label
            ? Error("the label as a string, number or boolean", Article(label.ValueKind), place) : null;
        return error is null && labelError is null ? row : row with { Error = error, LabelError = labelError };

        // The other values, such as the id, are kept.
        string? TryRead(JsonElement value)
        {
            try
            {
                return Value(value);
            }
            catch (InvalidOperationException e)
            {
                loneSurrogate = e;
                return null;
            }
        }

        JsonElement? Find(TableColumn column) => columns[column] is >= 0 and var position ? properties[position].Value : null;
    }

    /// <summary>A lone escape such as \ud800 is valid JSON but not valid Unicode.</summary>
    private static RowError NotUnicode(Exception e, string place) => Error("Unicode text", "a lone surrogate", place, e);

    private static RowError Error(string expected, string found, string place, Exception? inner = null) =>
        new(ErrorRules.JsonlRow, null, expected, found, "Correct the row.", place, inner);

    private static string Article(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "a JSON array",
        JsonValueKind.Object => "a JSON object",
        JsonValueKind.Number => "a JSON number",
        JsonValueKind.Null => "null",
        JsonValueKind.String => "a JSON string",
        _ => "true or false",
    };

    private static string? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        // MongoDB writes its ids as {"$oid": "…"}.
        JsonValueKind.Object when value.TryGetProperty("$oid", out var id) && id.ValueKind == JsonValueKind.String => id.GetString(),
        _ => value.GetRawText(),
    };
}
