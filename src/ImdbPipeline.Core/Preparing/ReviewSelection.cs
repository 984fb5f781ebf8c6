using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Preparing;

/// <summary>
/// Decides which reviews stay. Texts are compared by the hash of what cleaning left of them; of several copies the first in
/// the collection's order stays. A test set is measured with, so nothing of it may be learned from: its texts stay, the
/// copies elsewhere go.
/// </summary>
internal static class ReviewSelection
{
    private const int Contradictory = -2, Unlabelled = -1;

    /// <summary>Sets <see cref="CollectedReview.Fate"/>; run <see cref="ValidationSplit"/> next, then <see cref="RemoveUnsupLeaks"/>.</summary>
    public static void Decide(IReadOnlyList<CollectedReview> reviews)
    {
        var texts = new Dictionary<UInt128, (int Label, int Splits)>(reviews.Count);
        foreach (var review in reviews)
        {
            var known = texts.TryGetValue(review.Hash, out var text) ? text : (Label: Unlabelled, Splits: 0);
            if (review.Label is { } label)
                known.Label = known.Label is Unlabelled || known.Label == label ? label : Contradictory;
            texts[review.Hash] = known with { Splits = known.Splits | Bit(review.Split) };
        }

        var seen = new HashSet<(UInt128, Split)>();
        foreach (var review in reviews)
        {
            var (label, splits) = texts[review.Hash];
            review.Fate =
                review.Length == 0 ? Fate.Empty
                : label == Contradictory && review.Label is not null ? Fate.Contradiction
                : !seen.Add((review.Hash, review.Split)) ? Fate.Duplicate
                : review.Split is Split.Train or Split.Validation && (splits & Bit(Split.Test)) != 0 ? Fate.Leak
                : review.Split is Split.Train && (splits & Bit(Split.Validation)) != 0 ? Fate.ValidationLeak
                : Fate.Kept;
        }
    }

    /// <summary>Pre-training on texts that are measured with later would be dishonest too.</summary>
    public static void RemoveUnsupLeaks(IReadOnlyList<CollectedReview> reviews)
    {
        var measured = reviews
            .Where(review => review.Split is Split.Test or Split.Validation && review.Fate == Fate.Kept)
            .Select(review => review.Hash).ToHashSet();
        foreach (var review in reviews)
            if (review.Split == Split.Unsup && review.Fate == Fate.Kept && measured.Contains(review.Hash))
                review.Fate = Fate.UnsupLeak;
    }

    private static int Bit(Split split) => 1 << (int)split;
}
