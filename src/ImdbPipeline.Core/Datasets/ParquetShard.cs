using System.Buffers;
using Parquet;
using Parquet.Schema;

namespace ImdbPipeline.Core.Datasets;

/// <summary>
/// A shard file: Parquet with one row group and the columns id, text, label, rating, movie, split and token_ids
/// (a standard three-level list).
/// </summary>
public static class ParquetShard
{
    private static readonly DataField Id = new("id", typeof(string), isNullable: false);
    private static readonly DataField Text = new("text", typeof(string), isNullable: false);
    private static readonly DataField Label = new("label", typeof(int), isNullable: true);
    private static readonly DataField Rating = new("rating", typeof(int), isNullable: true);
    private static readonly DataField Movie = new("movie", typeof(string), isNullable: true);
    private static readonly DataField SplitName = new("split", typeof(string), isNullable: false);
    private static readonly DataField TokenId = new("element", typeof(int), isNullable: false);
    private static readonly ParquetSchema Schema = new(Id, Text, Label, Rating, Movie, SplitName, new ListField("token_ids", TokenId));

    // The library's default level takes forty times as long and saves only a tenth of the size.
    private static readonly ParquetOptions Options = new() { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = System.IO.Compression.CompressionLevel.Fastest };

    /// <param name="rows">Each with at least one token id.</param>
    public static async Task<ReadOnlyMemory<byte>> WriteAsync(IReadOnlyList<PreparedText> rows, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var file = new MemoryStream(rows.Sum(row => row.Text.Length + row.TokenIds.Length) + 4096);
        await using (var writer = await ParquetWriter.CreateAsync(Schema, file, Options, cancellationToken: cancellationToken))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(Id, Column(rows, row => row.Id));
            await group.WriteAsync(Text, Column(rows, row => row.Text));
            await group.WriteAsync<int>(Label, Column(rows, row => row.Label), cancellationToken: cancellationToken);
            await group.WriteAsync<int>(Rating, Column(rows, row => row.Rating), cancellationToken: cancellationToken);
            await group.WriteAsync(Movie, Column(rows, row => row.Movie)!);
            await group.WriteAsync(SplitName, Column(rows, row => Name(row.Split)));
            await WriteTokenIdsAsync(group, rows, cancellationToken);
        }
        return file.GetBuffer().AsMemory(0, (int)file.Length);
    }

    /// <exception cref="InvalidDataException">The bytes are not a shard.</exception>
    public static async Task<IReadOnlyList<PreparedText>> ReadAsync(byte[] shard, string name, CancellationToken cancellationToken)
    {
        using var file = new MemoryStream(shard, writable: false);
        await using var reader = await ParquetReader.CreateAsync(file, cancellationToken: cancellationToken);
        if (reader.RowGroupCount != 1 || !reader.Schema.Equals(Schema))
            throw new InvalidDataException($"{name}: expected one row group with the columns of a prepared dataset, found {reader.RowGroupCount} with {reader.Schema}.");
        using var group = reader.OpenRowGroupReader(0);
        var count = checked((int)group.RowCount);
        var (ids, texts, movies, splits) = (new string[count], new string[count], new string[count], new string[count]);
        var (labels, ratings) = (new int?[count], new int?[count]);
        await group.ReadAsync(Id, ids, cancellationToken: cancellationToken);
        await group.ReadAsync(Text, texts, cancellationToken: cancellationToken);
        await group.ReadAsync<int>(Label, labels, cancellationToken: cancellationToken);
        await group.ReadAsync<int>(Rating, ratings, cancellationToken: cancellationToken);
        await group.ReadAsync(Movie, movies, cancellationToken: cancellationToken);
        await group.ReadAsync(SplitName, splits, cancellationToken: cancellationToken);
        var flat = new int[checked((int)group.GetMetadata(TokenId)!.MetaData!.NumValues)];
        var repetition = new int[flat.Length];
        await group.ReadRawAsync<int>(TokenId, flat, new int[flat.Length], repetition, cancellationToken);

        var rows = new PreparedText[count];
        for (int row = 0, start = 0; row < count; row++)
        {
            var end = start + 1;
            while (end < flat.Length && repetition[end] != 0)
                end++;
            rows[row] = new PreparedText(ids[row], texts[row], labels[row], ratings[row], movies[row], Parse(splits[row]), flat[start..end]);
            start = end;
        }
        return rows;
    }

    private static T[] Column<T>(IReadOnlyList<PreparedText> rows, Func<PreparedText, T> value)
    {
        var column = new T[rows.Count];
        for (var row = 0; row < column.Length; row++)
            column[row] = value(rows[row]);
        return column;
    }

    /// <summary>Repetition level 0 starts a row's list and 1 continues it; the definition level marks list and element as present.</summary>
    private static async Task WriteTokenIdsAsync(ParquetRowGroupWriter group, IReadOnlyList<PreparedText> rows, CancellationToken cancellationToken)
    {
        // Pooled, as tens of megabytes per shard would otherwise pile up between full garbage collections.
        var count = rows.Sum(row => row.TokenIds.Length);
        int[] ids = ArrayPool<int>.Shared.Rent(count), repetition = ArrayPool<int>.Shared.Rent(count), definition = ArrayPool<int>.Shared.Rent(count);
        Array.Fill(repetition, 1);
        Array.Fill(definition, TokenId.MaxDefinitionLevel);
        var at = 0;
        foreach (var row in rows)
        {
            if (row.TokenIds.Length == 0)
                throw new ArgumentException($"Text {row.Id}: expected at least the token IDs of [CLS] and [SEP], found none.", nameof(rows));
            repetition[at] = 0;
            row.TokenIds.CopyTo(ids, at);
            at += row.TokenIds.Length;
        }
        await group.WriteAllPartsAsync<int>(TokenId, ids.AsMemory(0, count), definition.AsMemory(0, count), repetition.AsMemory(0, count), cancellationToken);
        foreach (var array in new[] { ids, repetition, definition })
            ArrayPool<int>.Shared.Return(array);
    }

    private static string Name(Split split) => split.ToString().ToLowerInvariant();

    private static Split Parse(string name) => Enum.Parse<Split>(name, ignoreCase: true);
}
