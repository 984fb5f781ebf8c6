using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Removes empty, contradictory, duplicate and leaked texts.</summary>
/// <remarks>
/// Cleaned texts are compared by hash, and the first copy in the collection's order is kept.
/// If a test text is also in another split, the test copy is kept and the others are removed.
/// </remarks>
internal static class ReviewSelection
{
    /// <summary>Sets <see cref="CollectedReview.Fate"/>; call <see cref="ValidationSplit"/> next, then <see cref="RemoveUnsupLeaks"/>.</summary>
    public static void Decide(IReadOnlyList<CollectedReview> reviews)
    {
        foreach (var copies in Copies(reviews))
        {
            if (copies is [var single])
            {
                single.Fate = single.Length == 0 ? Fate.Empty : Fate.Kept;
                continue;
            }
            var splits = copies.Aggregate(0, (splits, review) => splits | Bit(review.Split));
            var contradictory = copies.Where(review => review.Label is not null).DistinctBy(review => review.Label).Count() > 1;
            var seen = 0;
            foreach (var review in copies)
            {
                review.Fate =
                    review.Length == 0 ? Fate.Empty
                    : contradictory && review.Label is not null ? Fate.Contradiction
                    : (seen & Bit(review.Split)) != 0 ? Fate.Duplicate
                    : review.Split is Split.Train or Split.Validation && (splits & Bit(Split.Test)) != 0 ? Fate.Leak
                    : review.Split is Split.Train && (splits & Bit(Split.Validation)) != 0 ? Fate.ValidationLeak
                    : Fate.Kept;
                if (review.Fate is not (Fate.Empty or Fate.Contradiction))
                    seen |= Bit(review.Split);
            }
        }
    }

    /// <summary>Removes unlabelled copies of test and validation texts, which would leak through pre-training.</summary>
    public static void RemoveUnsupLeaks(IReadOnlyList<CollectedReview> reviews)
    {
        foreach (var copies in Copies(reviews))
            if (copies.Count > 1 && copies.Any(review => review.Split is Split.Test or Split.Validation && review.Fate == Fate.Kept))
                foreach (var review in copies)
                    if (review.Split == Split.Unsup && review.Fate == Fate.Kept)
                        review.Fate = Fate.UnsupLeak;
    }

    /// <summary>Groups copies of the same text, in order; sorting takes less memory than a hash table.</summary>
    private static IEnumerable<ArraySegment<CollectedReview>> Copies(IReadOnlyList<CollectedReview> reviews)
    {
        var places = new (UInt128 Hash, int Place)[reviews.Count];
        for (var i = 0; i < places.Length; i++)
            places[i] = (reviews[i].Hash, i);
        Array.Sort(places);
        var sorted = Array.ConvertAll(places, place => reviews[place.Place]);
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            for (end = start + 1; end < sorted.Length && places[end].Hash == places[start].Hash;)
                end++;
            yield return new ArraySegment<CollectedReview>(sorted, start, end - start);
        }
    }

    private static int Bit(Split split) => 1 << (int)split;
}
