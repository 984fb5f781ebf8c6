using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Removes empty, contradictory, duplicate and leaked texts.</summary>
/// <remarks>
/// Cleaned texts are compared by hash, and the first copy in the collection's order is kept.
/// If a test text is also in another split, the test copy is kept and the others are removed.
/// </remarks>
internal static class TextSelection
{
    /// <summary>Sets <see cref="CollectedText.Outcome"/>; call <see cref="ValidationSplit"/> next, then <see cref="RemoveUnsupLeaks"/>.</summary>
    public static void Decide(IReadOnlyList<CollectedText> reviews)
    {
        foreach (var copies in Copies(reviews))
        {
            if (copies is [var single])
            {
                single.Outcome = single.Length == 0 ? TextOutcome.Empty : TextOutcome.Kept;
                continue;
            }
            var splits = copies.Aggregate(0, (splits, review) => splits | Bit(review.Split));
            var contradictory = copies.Where(review => review.Label is not null).DistinctBy(review => review.Label).Count() > 1;
            var seen = 0;
            foreach (var review in copies)
            {
                review.Outcome =
                    review.Length == 0 ? TextOutcome.Empty
                    : contradictory && review.Label is not null ? TextOutcome.Contradiction
                    : (seen & Bit(review.Split)) != 0 ? TextOutcome.Duplicate
                    : review.Split is Split.Train or Split.Validation && (splits & Bit(Split.Test)) != 0 ? TextOutcome.TrainTestLeak
                    : review.Split is Split.Train && (splits & Bit(Split.Validation)) != 0 ? TextOutcome.ValidationLeak
                    : TextOutcome.Kept;
                if (review.Outcome is not (TextOutcome.Empty or TextOutcome.Contradiction))
                    seen |= Bit(review.Split);
            }
        }
    }

    /// <summary>Removes unlabelled copies of test and validation texts, which would leak through pre-training.</summary>
    public static void RemoveUnsupLeaks(IReadOnlyList<CollectedText> reviews)
    {
        foreach (var copies in Copies(reviews))
            if (copies.Count > 1 && copies.Any(review => review.Split is Split.Test or Split.Validation && review.Outcome == TextOutcome.Kept))
                foreach (var review in copies)
                    if (review.Split == Split.Unsup && review.Outcome == TextOutcome.Kept)
                        review.Outcome = TextOutcome.UnsupLeak;
    }

    /// <summary>Groups copies of the same text, in order; sorting takes less memory than a hash table.</summary>
    private static IEnumerable<ArraySegment<CollectedText>> Copies(IReadOnlyList<CollectedText> reviews)
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
            yield return new ArraySegment<CollectedText>(sorted, start, end - start);
        }
    }

    private static int Bit(Split split) => 1 << (int)split;
}
