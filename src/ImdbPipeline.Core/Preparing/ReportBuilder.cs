using System.Globalization;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Counts what happened to every text, and measures the kept ones.</summary>
internal sealed class ReportBuilder(TextCollection collection, ModelTokenizer tokenizer, SplitBasis basis, PreparationSettings settings)
{
    private const int NotebookLength = 512;
    private const int ShortestBound = 16;

    private static readonly int[] Percentiles = [5, 25, 50, 75, 90, 95, 99];

    private readonly SortedDictionary<int, int> lengths = [];
    private readonly EnglishWords english = new(tokenizer);

    /// <summary>Thread-safe.</summary>
    public void Add(IReadOnlyList<PreparedText> rows)
    {
        lock (lengths)
            foreach (var row in rows)
            {
                lengths[row.TokenIds.Length] = lengths.GetValueOrDefault(row.TokenIds.Length) + 1;
                english.Add(row.TokenIds);
            }
    }

    /// <exception cref="InvalidOperationException">The counts do not add up.</exception>
    public DataReport Build()
    {
        var reviews = collection.Texts;
        var kept = reviews.Where(review => review.Outcome == TextOutcome.Kept).ToList();
        var report = new DataReport
        {
            Read = reviews.Count,
            Kept = Enum.GetValues<Split>().ToDictionary(split => split, IReadOnlyDictionary<string, int> (split) => Kept(kept, split)),
            Duplicates = Enum.GetValues<Split>().ToDictionary(split => split, split => reviews.Count(review => review.Outcome == TextOutcome.Duplicate && review.Split == split)),
            Leaks = Count(TextOutcome.TrainTestLeak),
            ValidationLeaks = Count(TextOutcome.ValidationLeak),
            UnsupLeaks = Count(TextOutcome.UnsupLeak),
            Contradictions = Count(TextOutcome.Contradiction),
            Empty = Count(TextOutcome.Empty),
            ValidationBy = basis,
            Movies = Enum.GetValues<Split>().ToDictionary(
                split => split, split => kept.Where(review => review.Split == split && review.Movie is not null).Select(review => review.Movie).Distinct().Count()),
            Lengths = Lengths(),
            LengthHistogram = Histogram(),
            TruncatedAt512 = kept.Count == 0 ? 0 : lengths.Where(length => length.Key > NotebookLength).Sum(length => length.Value) / (double)kept.Count,
            Ignored = collection.Ignored,
            Unreadable = collection.Layout.Unreadable,
            Tables = collection.Layout.Tables,
            SeemsEnglish = english.SeemEnglish(),
        };
        report = report with { Notes = [.. collection.Layout.Notes, .. DatasetWarnings.Of(report, collection.Labels, settings)] };

        var accounted = report.Kept.Values.Sum(labels => labels.Values.Sum()) + report.Duplicates.Values.Sum()
            + report.Leaks + report.ValidationLeaks + report.UnsupLeaks + report.Contradictions + report.Empty;
        if (accounted != report.Read || lengths.Values.Sum() != kept.Count)
            throw new InvalidOperationException($"Read {report.Read} texts, accounted for {accounted} and measured {lengths.Values.Sum()} of {kept.Count}: this is a bug.");
        return report;

        int Count(TextOutcome fate) => reviews.Count(review => review.Outcome == fate);
    }

    private Dictionary<string, int> Kept(List<CollectedText> kept, Split split) => kept
        .Where(review => review.Split == split)
        .GroupBy(review => review.Label ?? -1).OrderBy(label => label.Key)
        .ToDictionary(label => label.Key < 0 ? DataReport.Unlabelled : collection.Labels[label.Key], label => label.Count());

    private Dictionary<int, int> Histogram()
    {
        var found = new Dictionary<int, int>();
        var bound = ShortestBound;
        foreach (var (length, count) in lengths)
        {
            for (; length > bound; bound *= 2)
                found.TryAdd(bound, 0);
            found[bound] = found.GetValueOrDefault(bound) + count;
        }
        return found;
    }

    /// <summary>Nearest-rank percentiles.</summary>
    private Dictionary<string, int> Lengths()
    {
        var total = lengths.Values.Sum();
        var found = new Dictionary<string, int>();
        foreach (var percentile in Percentiles)
        {
            var rank = (int)Math.Ceiling(total * percentile / 100.0);
            var below = 0;
            found[string.Create(CultureInfo.InvariantCulture, $"p{percentile}")] =
                lengths.FirstOrDefault(length => (below += length.Value) >= rank).Key;
        }
        found["max"] = lengths.Count == 0 ? 0 : lengths.Keys.Last();
        return found;
    }
}
