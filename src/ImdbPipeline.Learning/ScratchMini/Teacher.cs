using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Baseline;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.ScratchMini;

/// <summary>
/// Gives every review soft labels by a linear n-gram classifier. Cross-fitted: a labelled review is judged by the one
/// that has not seen it (nor any review of the same movie), an unlabelled one by all.
/// </summary>
/// <param name="Labelled"><c>[reviews][labels]</c>, rows sum to one.</param>
/// <param name="Unlabelled"><c>[reviews][labels]</c>, rows sum to one.</param>
/// <param name="HeldOutAccuracy">On the labelled reviews, 0 to 1.</param>
internal sealed record Teacher(float[][] Labelled, float[][] Unlabelled, double HeldOutAccuracy)
{
    private const int Folds = 5;

    public static Teacher Fit(
        LabelledTokens labelled, IReadOnlyList<int[]> unlabelled, int labels, int seed, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var known = Features(labelled.TokenIds, cancellationToken);
        var unknown = Features(unlabelled, cancellationToken);
        var folds = labelled.Movies.Select((movie, i) => (int)(Seeds.Of(seed, movie ?? $"review {i}") % Folds)).ToArray();
        // Two labels need one classifier, more need one for each.
        var classes = labels == 2 ? [1] : Enumerable.Range(0, labels).ToArray();
        var done = 0;
        var judged = new Judgement[classes.Length * Folds];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.For(0, judged.Length, parallel, task =>
        {
            int label = classes[task / Folds], fold = task % Folds;
            var random = Seeds.Random(seed, $"teacher {label}", fold);
            judged[task] = Judge(known, labelled.Labels, unknown, folds, fold, label, random);
            progress?.Report(new TrainingProgress(TrainingStage.Preparing, Interlocked.Increment(ref done), judged.Length));
        });

        double[][] ofKnown = Probabilities(known.Length, classes.Length), ofUnknown = Probabilities(unknown.Length, classes.Length);
        for (var c = 0; c < classes.Length; c++)
            Calibrate(judged.AsSpan(c * Folds, Folds), folds, [.. labelled.Labels.Select(label => label == classes[c])], c, ofKnown, ofUnknown);
        float[][] soft = [.. ofKnown.Select(row => Distribution(row, labels))];
        var right = soft.Where((row, i) => Array.IndexOf(row, row.Max()) == labelled.Labels[i]).Count();
        return new Teacher(soft, [.. ofUnknown.Select(row => Distribution(row, labels))], (double)right / soft.Length);
    }

    private static Judgement Judge(int[][] known, IReadOnlyList<int> labels, int[][] unknown, int[] folds, int fold, int label, Random random)
    {
        var seen = Enumerable.Range(0, known.Length).Where(i => folds[i] != fold).ToArray();
        var classifier = NgramClassifier.Fit([.. seen.Select(i => known[i])], [.. seen.Select(i => labels[i] == label)], random);
        return new Judgement(
            [.. known.Select((review, i) => folds[i] == fold ? classifier.Logit(review) : 0)], Array.ConvertAll(unknown, classifier.Logit));
    }

    private static void Calibrate(Span<Judgement> judged, int[] folds, bool[] positive, int column, double[][] ofKnown, double[][] ofUnknown)
    {
        var heldOut = new double[folds.Length];
        for (var i = 0; i < heldOut.Length; i++)
            heldOut[i] = judged[folds[i]].HeldOut[i];
        var calibration = Calibration.Fit(heldOut, positive);
        for (var i = 0; i < heldOut.Length; i++)
            ofKnown[i][column] = calibration.Probability(heldOut[i]);
        for (var i = 0; i < ofUnknown.Length; i++)
        {
            // Summed in the folds' order, so that the result does not depend on which was ready first.
            double sum = 0;
            foreach (var judgement in judged)
                sum += judgement.Unknown[i];
            ofUnknown[i][column] = calibration.Probability(sum / judged.Length);
        }
    }

    private static float[] Distribution(double[] probabilities, int labels) =>
        labels == 2
            ? [(float)(1 - probabilities[0]), (float)probabilities[0]]
            : [.. probabilities.Select(p => (float)((p + 1e-6) / (probabilities.Sum() + 1e-6 * labels)))];

    private static double[][] Probabilities(int rows, int columns) => [.. Enumerable.Range(0, rows).Select(_ => new double[columns])];

    private static int[][] Features(IReadOnlyList<int[]> rows, CancellationToken cancellationToken) =>
        [.. rows.AsParallel().AsOrdered().WithCancellation(cancellationToken).Select(NgramFeatures.Of)];

    /// <param name="HeldOut">Logits of the fold's own reviews, zero elsewhere.</param>
    /// <param name="Unknown">Logits of the unlabelled reviews.</param>
    private sealed record Judgement(double[] HeldOut, double[] Unknown);
}
