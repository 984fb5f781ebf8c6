using System.Text;
using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Reads the rows of a JSONL file: one JSON object per line; empty lines are skipped.</summary>
internal static class JsonlRows
{
    public static IEnumerable<TableRow> Read(Stream jsonl, ArchiveFile archive, string member, ArchiveLimits limits)
    {
        var lines = new LineReader(jsonl, limits.MaxRowLength, archive, member);
        string[]? header = null;
        int[]? columns = null;
        for (var number = 1; lines.Read(out var line);)
        {
            if (lines.Number == 1 && line.Span.StartsWith(Encoding.UTF8.Preamble))
                line = line[Encoding.UTF8.Preamble.Length..];
            if (line.Span.Trim(" \t"u8).IsEmpty)
                continue;
            var properties = Parse(line, lines.Number);
            // The columns rarely differ from those of the previous row.
            if (header is null || !header.AsSpan().SequenceEqual(properties.Names))
                columns = TableColumns.Find(header = properties.Names);
            if (number == 1)
                TableColumns.Require(columns!, header, archive, member);
            var row = new TableRow(number++);
            for (var column = 0; column < columns!.Length; column++)
                if (columns[column] >= 0)
                    row[(TableColumn)column] = properties.Values[columns[column]];
            yield return row;
        }

        (string[] Names, string?[] Values) Parse(ReadOnlyMemory<byte> line, int number)
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                var properties = json.RootElement.EnumerateObject().ToArray();
                return (Array.ConvertAll(properties, property => property.Name), Array.ConvertAll(properties, property => Value(property.Value)));
            }
            // Not JSON, not an object, or text with half a surrogate pair.
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                throw archive.Reject(ErrorRules.JsonlRow, "a JSON object in UTF-8 on every line", $"line {number}: {e.Message}", "Correct the line.", member, e);
            }
        }
    }

    private static string? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}
