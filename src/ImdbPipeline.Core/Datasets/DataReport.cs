namespace ImdbPipeline.Core.Datasets;

/// <summary>What was found in an archive. <see cref="Read"/> is the sum of what was kept and what was removed, always.</summary>
public sealed record DataReport
{
    /// <summary>Reviews read from the archive.</summary>
    public required int Read { get; init; }

    /// <summary>Reviews kept, by split and label name (<c>unlabelled</c> for none).</summary>
    public required IReadOnlyDictionary<Split, IReadOnlyDictionary<string, int>> Kept { get; init; }

    /// <summary>Exact copies removed, by the split they were in; the first copy stays.</summary>
    public required IReadOnlyDictionary<Split, int> Duplicates { get; init; }

    /// <summary>Training texts, and those of a given validation part, removed because the same text is in the test set.</summary>
    public required int Leaks { get; init; }

    /// <summary>Training texts removed because the same text is in the validation part that the archive brought.</summary>
    public int ValidationLeaks { get; init; }

    /// <summary>Unlabelled texts removed because the same text is in the test set or in the validation part.</summary>
    public int UnsupLeaks { get; init; }

    /// <summary>Reviews whose text carries two different labels: every copy is removed, none can be trusted.</summary>
    public required int Contradictions { get; init; }

    /// <summary>Reviews of whose text nothing was left.</summary>
    public int Empty { get; init; }

    /// <summary>How the validation part came to be.</summary>
    public SplitBasis ValidationBy { get; init; }

    /// <summary>Movies on each side of the validation split; zero where the source names none.</summary>
    public required IReadOnlyDictionary<Split, int> Movies { get; init; }

    /// <summary>Lengths in word pieces with <c>[CLS]</c> and <c>[SEP]</c>, by percentile (<c>p50</c>, <c>p90</c>, <c>p99</c>, <c>max</c> …).</summary>
    public required IReadOnlyDictionary<string, int> Lengths { get; init; }

    /// <summary>The share of kept reviews longer than 512 word pieces, 0 to 1.</summary>
    public required double TruncatedAt512 { get; init; }

    /// <summary>Files of the archive that are no reviews, such as its README.</summary>
    public required int Ignored { get; init; }
}
