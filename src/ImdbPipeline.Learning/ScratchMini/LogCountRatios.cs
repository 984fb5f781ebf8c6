namespace ImdbPipeline.Learning.ScratchMini;

/// <summary>How much a word piece alone speaks for a label: its smoothed log-odds, scaled and clamped to the size of a word vector's dimension.</summary>
internal static class LogCountRatios
{
    private const int MaxDims = 16;
    private const double Smoothing = 5;
    private const double Scale = 4;
    private const double Most = 6;

    /// <summary>Dimensions needed: one for two labels, one a label for more.</summary>
    public static int Dims(int labels) => labels == 2 ? 1 : Math.Min(labels, MaxDims);

    /// <param name="targets"><c>[reviews][labels]</c></param>
    /// <returns><c>[vocabSize, dims]</c>, row by row.</returns>
    public static float[] Of(IReadOnlyList<int[]> reviews, IReadOnlyList<float[]> targets, int vocabSize, int labels)
    {
        var dims = Dims(labels);
        var ratios = new float[vocabSize * dims];
        for (var d = 0; d < dims; d++)
        {
            var label = labels == 2 ? 1 : d;
            double[] with = new double[vocabSize], all = new double[vocabSize];
            var seen = new int[vocabSize];
            for (var i = 0; i < reviews.Count; i++)
            {
                foreach (var id in reviews[i])
                {
                    if (seen[id] == i + 1)
                        continue;
                    seen[id] = i + 1;
                    with[id] += targets[i][label];
                    all[id]++;
                }
            }

            var prior = Math.Clamp(with.Sum() / Math.Max(1, all.Sum()), 1e-6, 1 - 1e-6);
            for (var id = 0; id < vocabSize; id++)
            {
                var share = Math.Clamp((with[id] + Smoothing * prior) / (all[id] + Smoothing), 1e-9, 1 - 1e-9);
                ratios[id * dims + d] = (float)Math.Clamp((LogOdds(share) - LogOdds(prior)) * Scale, -Most, Most);
            }
        }

        return ratios;
    }

    private static double LogOdds(double probability) => Math.Log(probability / (1 - probability));
}
