namespace ImdbPipeline.ScratchMini;

/// <summary>Smoothed log-odds of each label given a token, scaled and clamped to the range of word vector values.</summary>
internal static class LogCountRatios
{
    private const int MaxDims = 16;
    private const double Smoothing = 5;
    private const double Scale = 4;
    private const double MaxRatio = 6;

    /// <summary>Number of dimensions: one for two labels, otherwise one per label.</summary>
    public static int Dims(int labels) => labels == 2 ? 1 : Math.Min(labels, MaxDims);

    /// <param name="targets"><c>[texts][labels]</c></param>
    /// <returns><c>[vocabSize, dims]</c>, row-major.</returns>
    public static float[] Of(IReadOnlyList<int[]> texts, IReadOnlyList<float[]> targets, int vocabSize, int labels)
    {
        var dims = Dims(labels);
        var ratios = new float[vocabSize * dims];
        for (var d = 0; d < dims; d++)
        {
            var label = labels == 2 ? 1 : d;
            double[] with = new double[vocabSize], all = new double[vocabSize];
            var seen = new int[vocabSize];
            for (var i = 0; i < texts.Count; i++)
            {
                foreach (var id in texts[i])
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
                ratios[id * dims + d] = (float)Math.Clamp((LogOdds(share) - LogOdds(prior)) * Scale, -MaxRatio, MaxRatio);
            }
        }

        return ratios;
    }

    private static double LogOdds(double probability) => Math.Log(probability / (1 - probability));
}
