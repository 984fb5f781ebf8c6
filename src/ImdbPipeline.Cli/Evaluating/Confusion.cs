namespace ImdbPipeline.Cli.Evaluating;

/// <summary>Counts predictions by what they should have been.</summary>
/// <param name="labels">Label names of the data and the model.</param>
public sealed class Confusion(IReadOnlyList<string> labels)
{
    private readonly int[,] counts = new int[labels.Count, labels.Count];

    public IReadOnlyList<string> Labels => labels;

    public int Reviews { get; private set; }

    public int Right { get; private set; }

    /// <summary>0 to 1; 0 where nothing was counted.</summary>
    public double Accuracy => Reviews == 0 ? 0 : (double)Right / Reviews;

    public void Add(string truth, string predicted)
    {
        int row = IndexOf(truth), column = IndexOf(predicted);
        counts[row, column]++;
        Reviews++;
        if (row == column)
            Right++;
    }

    public int Count(int truth, int predicted) => counts[truth, predicted];

    /// <summary>Precision, recall and F1 of a label, 0 to 1; null where nothing was predicted or nothing is there.</summary>
    public LabelQuality Of(int label)
    {
        int right = counts[label, label], there = 0, predicted = 0;
        for (var other = 0; other < labels.Count; other++)
        {
            there += counts[label, other];
            predicted += counts[other, label];
        }
        return new LabelQuality(
            labels[label], there,
            predicted == 0 ? null : (double)right / predicted,
            there == 0 ? null : (double)right / there,
            there + predicted == 0 ? null : 2.0 * right / (there + predicted));
    }

    private int IndexOf(string label)
    {
        for (var i = 0; i < labels.Count; i++)
            if (string.Equals(labels[i], label, StringComparison.Ordinal))
                return i;
        throw new ArgumentException($"label '{label}': expected one of {string.Join(", ", labels)}", nameof(label));
    }
}

/// <param name="Label">Its name.</param>
/// <param name="Reviews">That carry it.</param>
/// <param name="Precision">Of the reviews predicted to carry it, the share that does, 0 to 1.</param>
/// <param name="Recall">Of the reviews that carry it, the share predicted so, 0 to 1.</param>
/// <param name="F1">Harmonic mean of both, 0 to 1.</param>
public sealed record LabelQuality(string Label, int Reviews, double? Precision, double? Recall, double? F1);
