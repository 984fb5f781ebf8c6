namespace ImdbPipeline.Core.Datasets;

/// <summary>
/// The commit point of a dataset version, <c>prepared/{dataset}/{version}/manifest.json</c>; readers ignore all files
/// that it does not list.
/// </summary>
public sealed record DatasetManifest
{
    public required string Dataset { get; init; }

    /// <summary>The first 16 hex digits of the SHA-256 of the archive's hash and the preparation settings.</summary>
    public required string Version { get; init; }

    /// <summary>The task it belongs to; null if it was prepared outside storage, or before there were tasks.</summary>
    public string? Task { get; init; }

    public required SourceArchive Archive { get; init; }

    public required PreparationSettings Settings { get; init; }

    /// <summary>Label names; a row's label is an index into this list.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The vocabulary of the <c>token_ids</c> column: <c>vocab.txt</c>, next to the shards.</summary>
    public required DatasetFile Vocabulary { get; init; }

    public required IReadOnlyList<DatasetShard> Shards { get; init; }

    public required DataReport Report { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <param name="Name">Archive name when first ingested.</param>
/// <param name="Bytes">Length in bytes.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record SourceArchive(string Name, long Bytes, string Sha256);

/// <param name="Path">Relative to the version's folder.</param>
/// <param name="Bytes">Length in bytes.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record DatasetFile(string Path, long Bytes, string Sha256);

/// <param name="Path">Relative to the version's folder.</param>
/// <param name="Split">The split of all its rows.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Bytes">Length in bytes.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record DatasetShard(string Path, Split Split, int Rows, long Bytes, string Sha256);
