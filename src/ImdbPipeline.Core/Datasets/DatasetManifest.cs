namespace ImdbPipeline.Core.Datasets;

/// <summary>
/// The commit point of a data set version (<c>prepared/{dataset}/{version}/manifest.json</c>): readers trust the files
/// named here and nothing else in the folder.
/// </summary>
public sealed record DatasetManifest
{
    public required string Dataset { get; init; }

    /// <summary>The first 16 hex digits of SHA-256 over the archive's bytes and the preparation settings.</summary>
    public required string Version { get; init; }

    public required SourceArchive Archive { get; init; }

    public required PreparationSettings Settings { get; init; }

    /// <summary>Label names; a row's label is an index into this list.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The vocabulary of the <c>token_ids</c> column, beside the shards: <c>vocab.txt</c>.</summary>
    public required DatasetFile Vocabulary { get; init; }

    public required IReadOnlyList<DatasetShard> Shards { get; init; }

    public required DataReport Report { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <param name="Name">The archive's name when it was first ingested.</param>
/// <param name="Bytes">Its length in bytes.</param>
/// <param name="Sha256">Of its bytes, in lower-case hex.</param>
public sealed record SourceArchive(string Name, long Bytes, string Sha256);

/// <param name="Path">Relative to the version's folder.</param>
/// <param name="Bytes">Length in bytes.</param>
/// <param name="Sha256">Of the bytes, in lower-case hex.</param>
public sealed record DatasetFile(string Path, long Bytes, string Sha256);

/// <param name="Path">Relative to the version's folder.</param>
/// <param name="Split">The one split its rows belong to.</param>
/// <param name="Rows">Reviews in the shard.</param>
/// <param name="Bytes">Length in bytes.</param>
/// <param name="Sha256">Of the bytes, in lower-case hex.</param>
public sealed record DatasetShard(string Path, Split Split, int Rows, long Bytes, string Sha256);
