namespace ImdbPipeline.Cli.Samples;

/// <summary>Generated reviews in random order; one seed, one list.</summary>
public static class SampleReviews
{
    /// <summary>One movie for this many reviews.</summary>
    private const int ReviewsAMovie = 12;

    /// <param name="count">How many; half of them favourable.</param>
    /// <param name="firstMovie">The number of the first film; films are numbered on from it.</param>
    /// <param name="seed">Of everything that is random.</param>
    public static IReadOnlyList<SampleReview> Labelled(int count, int firstMovie, int seed)
    {
        var random = new Random(seed);
        var writer = new ReviewWriter(random);
        var movies = Math.Max(1, count / ReviewsAMovie);
        var reviews = new SampleReview[count];
        for (var i = 0; i < count; i++)
        {
            var favourable = i % 2 == 0;
            reviews[i] = new SampleReview(
                writer.Write(favourable), favourable, random.Next(1, 5) + (favourable ? 6 : 0), firstMovie + random.Next(movies));
        }
        random.Shuffle(reviews);
        return reviews;
    }

    public static IReadOnlyList<SampleReview> Unlabelled(int count, int firstMovie, int seed) =>
        [.. Labelled(count, firstMovie, seed).Select(review => review with { Favourable = null, Rating = 0 })];
}
