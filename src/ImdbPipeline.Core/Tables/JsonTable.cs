using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tables;

/// <summary>Reads a JSON file: one array of objects or plain strings, or one of them per line. A mistake in an array ends the table, as nothing after it can be read.</summary>
internal static class JsonTable
{
    public static IEnumerable<TableRow> Read(Stream json, TableOptions options)
    {
        var peeked = new PeekableStream(json);
        return peeked.Head.TrimStart(" \t\r\n"u8) is [(byte)'[', ..] ? ReadArray(peeked, options) : JsonlTable.Read(peeked, options);
    }

    private static IEnumerable<TableRow> ReadArray(PeekableStream json, TableOptions options)
    {
        var values = new JsonArrayReader(json, options.MaxRowLength);
        var rows = new JsonRows(options);
        for (var number = 1; ; number++)
        {
            var error = values.Next(out var value);
            using (value)
            {
                if (error is not null)
                    yield return TableRow.Bad(number, error with { Place = $"row {number}" });
                if (value is null)
                    yield break;
                yield return rows.Read(number, value.RootElement, $"row {number}");
            }
        }
    }
}
