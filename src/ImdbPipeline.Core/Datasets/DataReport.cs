namespace ImdbPipeline.Core.Datasets;

/// <summary>Statistics of an archive's texts; <see cref="Read"/> always equals the sum of kept and removed texts.</summary>
public sealed record DataReport
{
    /// <summary>What <see cref="Kept"/> has in place of a label for unlabelled texts.</summary>
    public const string Unlabelled = "unlabelled";

    /// <summary>Texts read from the archive.</summary>
    public required int Read { get; init; }

    /// <summary>Texts kept, by split and label name (<see cref="Unlabelled"/> for none).</summary>
    public required IReadOnlyDictionary<Split, IReadOnlyDictionary<string, int>> Kept { get; init; }

    /// <summary>Exact copies removed, by split; the first copy is kept.</summary>
    public required IReadOnlyDictionary<Split, int> Duplicates { get; init; }

    /// <summary>Training and given validation texts removed because they are also in the test split.</summary>
    public required int Leaks { get; init; }

    /// <summary>Training texts removed because they are also in the archive's own validation split.</summary>
    public int ValidationLeaks { get; init; }

    /// <summary>Unlabelled texts removed because they are also in the test or validation split.</summary>
    public int UnsupLeaks { get; init; }

    /// <summary>Texts with two different labels; every labelled copy is removed.</summary>
    public required int Contradictions { get; init; }

    /// <summary>Texts that were blank after cleaning.</summary>
    public int Empty { get; init; }

    /// <summary>How the validation split was made.</summary>
    public SplitBasis ValidationBy { get; init; }

    /// <summary>Number of movies per split; zero if the source names none.</summary>
    public required IReadOnlyDictionary<Split, int> Movies { get; init; }

    /// <summary>Lengths in tokens, including <c>[CLS]</c> and <c>[SEP]</c>, by percentile (<c>p50</c>, <c>p90</c>, <c>p99</c>, <c>max</c> …).</summary>
    public required IReadOnlyDictionary<string, int> Lengths { get; init; }

    /// <summary>
    /// How many kept texts have a length in tokens up to a bound (16, 32, 64 …) and above the one before; the last bound is the first that no text exceeds. Empty in
    /// versions from before this was recorded.
    /// </summary>
    public IReadOnlyDictionary<int, int> LengthHistogram { get; init; } = new Dictionary<int, int>();

    /// <summary>Share of kept texts longer than 512 tokens, 0 to 1.</summary>
    public required double TruncatedAt512 { get; init; }

    /// <summary>Files in the archive that are not texts, such as a README.</summary>
    public required int Ignored { get; init; }

    /// <summary>Table rows that could not be read; not part of <see cref="Read"/>.</summary>
    public int Unreadable { get; init; }

    /// <summary>The tables and columns that were read; empty if the archive has folders of texts.</summary>
    public IReadOnlyList<SourceTables> Tables { get; init; } = [];

    /// <summary>How ambiguous input was interpreted, and what is unusual about the data.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether the texts seem to be in English; null if they are too few to tell, or the version was prepared before this was recorded.</summary>
    public bool? SeemsEnglish { get; init; }
}
