namespace ImdbPipeline.Cli.Samples;

/// <summary>Generates reviews in random order; the same seed gives the same reviews.</summary>
public static class SampleReviews
{
    /// <summary>Average number of reviews per movie.</summary>
    private const int ReviewsPerMovie = 12;

    /// <param name="count">Number of reviews; half of them are favourable.</param>
    /// <param name="firstMovie">The number of the first movie.</param>
    /// <param name="seed">Random seed.</param>
    public static IReadOnlyList<SampleReview> Labelled(int count, int firstMovie, int seed)
    {
        var random = new Random(seed);
        var writer = new ReviewWriter(random);
        var movies = Math.Max(1, count / ReviewsPerMovie);
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
