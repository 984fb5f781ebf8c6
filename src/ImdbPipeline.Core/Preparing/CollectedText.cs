using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Preparing;

/// <summary>A text without its content and id, which the collection stores elsewhere; small, as there may be millions.</summary>
internal sealed class CollectedText(RawText raw, IdRange? id, long offset, int length, UInt128 hash)
{
    private const short None = -1;

    private readonly int number = raw.Number ?? None;
    private readonly byte rating = (byte)(raw.Rating ?? 0);
    private short label = None;

    /// <summary>Null until the end of the archive for a table row without an id.</summary>
    public IdRange? Id { get; set; } = id;

    /// <summary>Start of the cleaned text in the spool, in bytes.</summary>
    public long Offset { get; } = offset;

    /// <summary>Length of the cleaned text in bytes; 0 for a blank text.</summary>
    public int Length { get; } = length;

    /// <summary>The first 128 bits of the cleaned text's SHA-256.</summary>
    public UInt128 Hash { get; } = hash;

    public string? Movie { get; set; } = raw.Movie;

    public int Group { get; } = raw.Group;

    public int? Rating => rating == 0 ? null : rating;

    public int? Number => number == None ? null : number;

    public int? Label
    {
        get => label == None ? null : label;
        set => label = value is { } index ? checked((short)index) : None;
    }

    public Split Split { get; set; }

    public TextOutcome Outcome { get; set; }
}
