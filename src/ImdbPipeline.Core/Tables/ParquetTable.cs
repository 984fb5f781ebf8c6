using System.Globalization;
using System.Text;
using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using Parquet;
using Parquet.Schema;

namespace ImdbPipeline.Core.Tables;

/// <summary>Reads a Parquet file, one row group at a time. Numbers that Hugging Face's <c>datasets</c> wrote for class labels become the names of the classes.</summary>
internal static class ParquetTable
{
    private const long MaxGroupBytes = 2L << 30;
    private const long MaxGroupRows = 2_000_000;

    public static IEnumerable<TableRow> Read(Stream content, TableOptions options)
    {
        // Parquet starts with its end, and the stream cannot seek.
        using var file = TemporaryFile.Create();
        content.CopyTo(file);
        var opened = Try(() => Open(file), out var error);
        if (opened is null)
        {
            yield return TableRow.Bad(0, error!);
            yield break;
        }
        using var closed = new Closing(opened);
        var fields = opened.Schema.Fields;
        var columns = new TableColumns([.. fields.Select(field => field.Name)], options.Columns);
        yield return new TableRow(0, columns);
        var nested = columns.Taken().Where(taken => taken.Column is TableColumn.Text or TableColumn.Label && fields[columns[taken.Column]] is not DataField { IsArray: false }).ToList();
        if (nested is [var first, ..])
        {
            yield return TableRow.Bad(0, Invalid($"a {TableColumns.Name(first.Column)} column of plain values", $"lists or structures in '{UntrustedText.Escape(first.Name)}'", "Choose another column."));
            yield break;
        }
        var classes = ClassNames(opened);
        var number = 0;
        for (var group = 0; group < opened.RowGroupCount; group++)
        {
            var values = Try(() => ReadGroup(opened, group, columns, classes, options.KeepCells), out error);
            if (values is null)
            {
                yield return TableRow.Bad(number + 1, error!);
                yield break;
            }
            var rows = values.OfType<string?[]>().Select(column => column.Length).FirstOrDefault();
            for (var row = 0; row < rows; row++)
                yield return columns.Row(++number, position => values[position]?[row], options.KeepCells);
        }
    }

    private static ParquetReader Open(Stream file)
    {
        ParquetFooter.Require(file);
        file.Position = 0;
        var reader = ParquetReader.CreateAsync(file).GetAwaiter().GetResult();
        // Decoded on first use.
        _ = reader.Schema.Fields;
        return reader;
    }

    /// <returns><c>[columns][rows]</c>; null for columns that are not used.</returns>
    private static string?[]?[] ReadGroup(ParquetReader reader, int index, TableColumns columns, Dictionary<string, string[]> classes, bool all)
    {
        using var group = reader.OpenRowGroupReader(index);
        if (group.RowCount is < 0 or > MaxGroupRows || reader.Metadata!.RowGroups[index].TotalByteSize > MaxGroupBytes)
            throw new InvalidDataException($"a row group of more than {MaxGroupRows} rows or {MaxGroupBytes} bytes");
        var values = new string?[]?[columns.Header.Length];
        var taken = columns.Taken().ToLookup(use => columns[use.Column], use => use.Column);
        for (var position = 0; position < values.Length; position++)
        {
            if ((!all && !taken.Contains(position)) || reader.Schema.Fields[position] is not DataField { IsArray: false } field)
                continue;
            if (!IsReadable(field) && !taken[position].Any(use => use is TableColumn.Text or TableColumn.Label))
                continue;
            var column = values[position] = ReadAsync(group, field).GetAwaiter().GetResult();
            if (classes.TryGetValue(columns.Header[position], out var names))
                for (var row = 0; row < column.Length; row++)
                    column[row] = column[row] is { } label ? NameOf(label, names) : null;
        }
        return values;
    }

    private static bool IsText(DataField field) => field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>);

    private static bool IsBytes(DataField field) => field.ClrType == typeof(byte[]) || field.ClrType == typeof(ReadOnlyMemory<byte>);

    private static bool IsReadable(DataField field) =>
        IsText(field) || IsBytes(field) || field.ClrType == typeof(decimal) || (field.ClrType.IsPrimitive && field.ClrType != typeof(char));

    private static Task<string?[]> ReadAsync(ParquetRowGroupReader group, DataField field)
    {
        var count = (int)group.RowCount;
        return field.ClrType switch
        {
            _ when IsText(field) => TextsAsync(),
            _ when IsBytes(field) => BytesAsync(),
            var type when type == typeof(bool) => ValuesAsync<bool>(),
            var type when type == typeof(sbyte) => ValuesAsync<sbyte>(),
            var type when type == typeof(byte) => ValuesAsync<byte>(),
            var type when type == typeof(short) => ValuesAsync<short>(),
            var type when type == typeof(ushort) => ValuesAsync<ushort>(),
            var type when type == typeof(int) => ValuesAsync<int>(),
            var type when type == typeof(uint) => ValuesAsync<uint>(),
            var type when type == typeof(long) => ValuesAsync<long>(),
            var type when type == typeof(ulong) => ValuesAsync<ulong>(),
            var type when type == typeof(float) => ValuesAsync<float>(),
            var type when type == typeof(double) => ValuesAsync<double>(),
            var type when type == typeof(decimal) => ValuesAsync<decimal>(),
            var type => throw new InvalidDataException($"values of type {type.Name} in '{field.Name}'"),
        };

        async Task<string?[]> TextsAsync()
        {
            var texts = new string?[count];
            await group.ReadAsync(field, texts.AsMemory());
            return texts;
        }

        async Task<string?[]> BytesAsync()
        {
            var bytes = new byte[]?[count];
            await group.ReadAsync(field, bytes.AsMemory());
            return Array.ConvertAll(bytes, text => text is null ? null : StrictEncoding.Utf8.GetString(text));
        }

        async Task<string?[]> ValuesAsync<T>() where T : struct
        {
            var values = new T?[count];
            if (field.IsNullable)
            {
                await group.ReadAsync<T>(field, values.AsMemory());
            }
            else
            {
                var plain = new T[count];
                await group.ReadAsync<T>(field, plain.AsMemory());
                values = Array.ConvertAll(plain, value => (T?)value);
            }
            return Array.ConvertAll(values, value => value is { } number ? Convert.ToString(number, CultureInfo.InvariantCulture) : null);
        }
    }

    /// <returns>The names of the classes of each column of class labels.</returns>
    private static Dictionary<string, string[]> ClassNames(ParquetReader reader)
    {
        var classes = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (!reader.CustomMetadata.TryGetValue("huggingface", out var metadata))
            return classes;
        try
        {
            using var json = JsonDocument.Parse(metadata);
            foreach (var feature in json.RootElement.GetProperty("info").GetProperty("features").EnumerateObject())
                if (feature.Value.ValueKind == JsonValueKind.Object && feature.Value.TryGetProperty("names", out var names))
                    classes[feature.Name] = [.. names.EnumerateArray().Select(name => name.GetString()!)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // Another layout: the numbers stay.
            classes.Clear();
        }
        return classes;
    }

    private static string? NameOf(string label, string[] names) =>
        int.TryParse(label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index) && index < names.Length ? (index < 0 ? null : names[index]) : label;

    /// <summary>The library throws many kinds of exceptions at damaged files.</summary>
    private static T? Try<T>(Func<T> read, out RowError? error) where T : class
    {
        error = null;
        try
        {
            return read();
        }
        catch (DecoderFallbackException e)
        {
            error = new RowError(ErrorRules.TextNotUtf8, ErrorRules.TextNotUtf8, "UTF-8 text", "bytes that are not UTF-8", "Write the column as strings.", Inner: e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            error = Invalid("a Parquet file", $"damage or something that is not supported ({UntrustedText.Escape(e.Message)})", "Write the file again, or as CSV or JSONL.") with { Inner = e };
        }
        return null;
    }

    /// <summary>Closes a reader where nothing can be awaited.</summary>
    private sealed class Closing(ParquetReader reader) : IDisposable
    {
        public void Dispose() => reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static RowError Invalid(string expected, string found, string remedy) => new(ErrorRules.ParquetInvalid, ErrorRules.IncomingParquet, expected, found, remedy);
}
