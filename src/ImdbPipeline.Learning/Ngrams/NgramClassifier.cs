namespace ImdbPipeline.Learning.Ngrams;

/// <summary>
/// Logistic regression of one class against the rest, on n-grams weighted by naive Bayes log-count ratios (Wang and Manning 2012,
/// Mesnil et al. 2014), fitted by dual coordinate descent (Yu, Huang and Lin 2011).
/// </summary>
public sealed class NgramClassifier
{
    private const double Cost = 0.1, UntrustedCost = Cost / 2;
    private const int Passes = 8;

    private readonly float[] weights;

    /// <param name="weights">One per position in an <see cref="NgramIndex"/>.</param>
    public NgramClassifier(float[] weights, double bias) => (this.weights, Bias) = (weights, bias);

    public IReadOnlyList<float> Weights => weights;

    public double Bias { get; private set; }

    /// <param name="texts">Positions of each text's features in an <see cref="NgramIndex"/>.</param>
    /// <param name="positive">Whether each text belongs to the class.</param>
    /// <param name="trusted">Texts from this position on count half.</param>
    /// <param name="count">Number of features in the index.</param>
    public static NgramClassifier Fit(IReadOnlyList<int[]> texts, IReadOnlyList<bool> positive, int trusted, int count, Random random)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(positive);
        ArgumentNullException.ThrowIfNull(random);
        var classifier = new NgramClassifier(new float[count], bias: 0);
        classifier.Descend(texts, positive, trusted, SquaredRatios(texts, positive, trusted, count), random);
        return classifier;
    }

    /// <param name="features">Positions of the text's features.</param>
    /// <returns>Logit of the class.</returns>
    public double Logit(int[] features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var sum = Bias;
        foreach (var feature in features)
            sum += weights[feature];
        return sum;
    }

    /// <summary>Weights are stored premultiplied by the ratios, so updates scale with the squared ratio.</summary>
    private static float[] SquaredRatios(IReadOnlyList<int[]> texts, IReadOnlyList<bool> positive, int trusted, int count)
    {
        float[] with = new float[count], without = new float[count];
        for (var i = 0; i < texts.Count; i++)
        {
            var counts = positive[i] ? with : without;
            foreach (var feature in texts[i])
                counts[feature] += i < trusted ? 1 : 0.5f;
        }

        double allWith = 0, allWithout = 0;
        for (var f = 0; f < count; f++)
        {
            allWith += with[f] + 1;
            allWithout += without[f] + 1;
        }

        var squares = new float[count];
        for (var f = 0; f < count; f++)
        {
            var ratio = Math.Log((with[f] + 1) / allWith / ((without[f] + 1) / allWithout));
            squares[f] = (float)(ratio * ratio);
        }

        return squares;
    }

    private void Descend(IReadOnlyList<int[]> texts, IReadOnlyList<bool> positive, int trusted, float[] squares, Random random)
    {
        const double Start = 1e-8;
        var curvature = texts.Select(text => 1 + text.Sum(f => (double)squares[f])).ToArray();
        var dual = new double[texts.Count];
        for (var i = 0; i < dual.Length; i++)
        {
            dual[i] = Start;
            Update(texts[i], squares, positive[i] ? Start : -Start);
        }

        var order = Enumerable.Range(0, dual.Length).ToArray();
        for (var pass = 0; pass < Passes; pass++)
        {
            random.Shuffle(order);
            foreach (var i in order)
            {
                var sign = positive[i] ? 1 : -1;
                var next = Solve(dual[i], curvature[i], sign * Logit(texts[i]), i < trusted ? Cost : UntrustedCost);
                Update(texts[i], squares, (next - dual[i]) * sign);
                dual[i] = next;
            }
        }
    }

    private void Update(int[] features, float[] squares, double step)
    {
        Bias += step;
        foreach (var feature in features)
            weights[feature] += (float)step * squares[feature];
    }

    /// <summary>Newton's method for one dual variable, kept strictly between 0 and the text's cost.</summary>
    private static double Solve(double old, double curvature, double margin, double cost)
    {
        var z = old;
        for (var i = 0; i < 20; i++)
        {
            var gradient = curvature * (z - old) + margin + Math.Log(z / (cost - z));
            if (Math.Abs(gradient) < 1e-4)
                break;
            var next = z - gradient / (curvature + cost / (z * (cost - z)));
            z = next <= 0 ? z * 0.1 : next >= cost ? cost - (cost - z) * 0.1 : next;
        }

        return z;
    }
}
