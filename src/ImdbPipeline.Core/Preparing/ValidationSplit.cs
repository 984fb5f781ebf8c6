using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Holds out a share of every label's training texts for validation, by whole movies where movies are known.</summary>
/// <remarks>The selection depends only on the seed, the movies and the texts, not on their order.</remarks>
internal static class ValidationSplit
{
    /// <summary>A split by movies must reach this fraction of each label's target; otherwise texts are split one by one.</summary>
    private const double MinTargetFraction = 0.8;

    /// <returns>How the validation split was made.</returns>
    public static SplitBasis Assign(IReadOnlyList<CollectedText> reviews, PreparationSettings settings)
    {
        if (reviews.Any(review => review.Split == Split.Validation))
            return SplitBasis.Archive;
        var train = reviews.Where(review => review is { Split: Split.Train, Outcome: TextOutcome.Kept }).ToList();
        if (settings.ValidationShare == 0)
            return SplitBasis.None;

        var totals = train.GroupBy(review => review.Label!.Value).ToDictionary(label => label.Key, label => label.Count());
        var targets = totals.ToDictionary(
            label => label.Key, label => label.Value < 2 ? 0 : Math.Clamp((int)Math.Round(label.Value * settings.ValidationShare), 1, label.Value - 1));
        var byMovie = train.Any(review => review.Movie is not null);
        if (byMovie && TryAssign(train, review => review.Movie ?? ByText(review), targets, settings.Seed))
            return SplitBasis.Movie;
        TryAssign(train, ByText, targets, settings.Seed);
        return SplitBasis.Review;
    }

    private static bool TryAssign(List<CollectedText> train, Func<CollectedText, string> key, Dictionary<int, int> targets, int seed)
    {
        var taken = targets.Keys.ToDictionary(label => label, _ => 0);
        var groups = train.GroupBy(key, StringComparer.Ordinal).OrderBy(group => Order(seed, group.Key)).ThenBy(group => group.Key, StringComparer.Ordinal);
        foreach (var group in groups)
        {
            var counts = group.GroupBy(review => review.Label!.Value).ToDictionary(label => label.Key, label => label.Count());
            if (counts.Any(label => taken[label.Key] + label.Value > targets[label.Key]))
                continue;
            foreach (var (label, count) in counts)
                taken[label] += count;
            foreach (var review in group)
                review.Split = Split.Validation;
        }
        if (targets.All(label => taken[label.Key] >= MinTargetFraction * label.Value))
            return true;
        foreach (var review in train)
            review.Split = Split.Train;
        return false;
    }

    private static string ByText(CollectedText review) => review.Hash.ToString("x32", CultureInfo.InvariantCulture);

    private static ulong Order(int seed, string key) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}\n{key}"))));
}
