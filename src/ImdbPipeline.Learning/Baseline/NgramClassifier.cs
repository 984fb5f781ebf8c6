namespace ImdbPipeline.Learning.Baseline;

/// <summary>
/// One-vs-rest logistic regression on n-grams weighted by naive Bayes log-count ratios (Wang and Manning 2012, Mesnil et al.
/// 2014), fitted by dual coordinate descent (Yu, Huang and Lin 2011).
/// </summary>
public sealed class NgramClassifier
{
    private const double Cost = 0.1;
    private const int Passes = 8;
    private const int MinTexts = 2;

    private readonly float[] weights = new float[NgramFeatures.Count];
    private double bias;

    /// <param name="features">Features of each text, from <see cref="NgramFeatures"/>.</param>
    /// <param name="positive">Whether each text belongs to the class.</param>
    public static NgramClassifier Fit(IReadOnlyList<int[]> features, IReadOnlyList<bool> positive, Random random)
    {
        var classifier = new NgramClassifier();
        classifier.Descend(features, positive, SquaredRatios(features, positive), random);
        return classifier;
    }

    /// <returns>Logit of the class.</returns>
    public double Logit(int[] features)
    {
        var sum = bias;
        foreach (var feature in features)
            sum += weights[feature];
        return sum;
    }

    /// <summary>Weights are stored premultiplied by the ratios, so updates scale with the squared ratio.</summary>
    private static float[] SquaredRatios(IReadOnlyList<int[]> features, IReadOnlyList<bool> positive)
    {
        float[] with = new float[NgramFeatures.Count], without = new float[NgramFeatures.Count];
        for (var i = 0; i < features.Count; i++)
        {
            var counts = positive[i] ? with : without;
            foreach (var feature in features[i])
                counts[feature]++;
        }

        double allWith = 0, allWithout = 0;
        for (var f = 0; f < with.Length; f++)
        {
            if (with[f] + without[f] < MinTexts)
                continue;
            allWith += with[f] + 1;
            allWithout += without[f] + 1;
        }

        var squares = new float[with.Length];
        for (var f = 0; f < with.Length; f++)
        {
            if (with[f] + without[f] < MinTexts)
                continue;
            var ratio = Math.Log((with[f] + 1) / allWith / ((without[f] + 1) / allWithout));
            squares[f] = (float)(ratio * ratio);
        }

        return squares;
    }

    private void Descend(IReadOnlyList<int[]> features, IReadOnlyList<bool> positive, float[] squares, Random random)
    {
        const double Start = 1e-8;
        var curvature = features.Select(text => 1 + text.Sum(f => (double)squares[f])).ToArray();
        var dual = new double[features.Count];
        for (var i = 0; i < dual.Length; i++)
        {
            dual[i] = Start;
            Update(features[i], squares, positive[i] ? Start : -Start);
        }

        var order = Enumerable.Range(0, dual.Length).ToArray();
        for (var pass = 0; pass < Passes; pass++)
        {
            random.Shuffle(order);
            foreach (var i in order)
            {
                var sign = positive[i] ? 1 : -1;
                var next = Solve(dual[i], curvature[i], sign * Logit(features[i]));
                Update(features[i], squares, (next - dual[i]) * sign);
                dual[i] = next;
            }
        }
    }

    private void Update(int[] features, float[] squares, double step)
    {
        bias += step;
        foreach (var feature in features)
            weights[feature] += (float)step * squares[feature];
    }

    /// <summary>Newton's method for one dual variable, kept strictly between 0 and <see cref="Cost"/>.</summary>
    private static double Solve(double old, double curvature, double margin)
    {
        var z = old;
        for (var i = 0; i < 20; i++)
        {
            var gradient = curvature * (z - old) + margin + Math.Log(z / (Cost - z));
            if (Math.Abs(gradient) < 1e-4)
                break;
            var next = z - gradient / (curvature + Cost / (z * (Cost - z)));
            z = next <= 0 ? z * 0.1 : next >= Cost ? Cost - (Cost - z) * 0.1 : next;
        }

        return z;
    }
}
