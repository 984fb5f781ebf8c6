using ImdbPipeline.Learning.Foundation;
using static TorchSharp.torch;

namespace ImdbPipeline.ScratchMini;

/// <summary>
/// Word vectors trained on the dataset: a truncated singular value decomposition of the positive pointwise mutual information
/// of tokens and their contexts (Levy and Goldberg 2014).
/// </summary>
internal static class WordVectors
{
    private const int MaxContexts = 4000;
    private const int Window = 5;
    private const int Oversampling = 16;

    /// <summary>Rarer tokens get small random vectors.</summary>
    private const int MinOccurrences = 5;

    private const double RareScale = 0.3;

    /// <param name="texts">Token IDs of each text.</param>
    /// <param name="specials">Number of special tokens at the start of the vocabulary.</param>
    /// <returns><c>[vocabSize, dim]</c>, unit scale; rows of rare tokens are smaller.</returns>
    public static Tensor Of(IReadOnlyList<int[]> texts, int vocabSize, int specials, int dim, int seed, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var occurrences = new long[vocabSize];
        foreach (var text in texts)
        {
            foreach (var id in text)
                occurrences[id]++;
        }

        var contexts = Enumerable.Range(specials, vocabSize - specials).OrderByDescending(id => occurrences[id]).ThenBy(id => id)
            .Take(Math.Min(MaxContexts, (int)(Array.MaxLength / 8L / vocabSize))).ToArray();
        using var generator = new Generator(Seeds.Of(seed, "word vectors"), CPU);
        var information = PointwiseMutualInformation(CountNeighbours(texts, vocabSize, contexts, cancellationToken), vocabSize, contexts.Length);
        var rank = Math.Min(dim, contexts.Length);
        var vectors = Decompose(information, rank, generator);
        vectors /= vectors.square().mean([1], keepdim: true).sqrt().clamp_min(1e-6);
        if (rank < dim)
            vectors = cat([vectors, randn([vocabSize, dim - rank], generator: generator) * RareScale], 1);
        // A random rotation spreads the variance evenly over the dimensions.
        vectors = vectors.mm(linalg.qr(randn([dim, dim], generator: generator)).Q);
        var rare = tensor(occurrences.Select(count => count < MinOccurrences ? 1f : 0f).ToArray()).view(vocabSize, 1);
        return (vectors * (1 - rare) + randn([vocabSize, dim], generator: generator) * RareScale * rare).MoveToOuterDisposeScope();
    }

    /// <returns><c>[vocabSize, contexts]</c>, row-major.</returns>
    private static float[] CountNeighbours(IReadOnlyList<int[]> texts, int vocabSize, int[] contexts, CancellationToken cancellationToken)
    {
        var columns = new int[vocabSize];
        Array.Fill(columns, -1);
        for (var c = 0; c < contexts.Length; c++)
            columns[contexts[c]] = c;
        var counts = new float[vocabSize * contexts.Length];
        var parts = Environment.ProcessorCount;
        // Each thread counts its own tokens, so no locks are needed and the result is deterministic.
        Parallel.For(0, parts, new ParallelOptions { CancellationToken = cancellationToken }, part =>
        {
            foreach (var text in texts)
            {
                for (var i = 0; i < text.Length; i++)
                {
                    if (text[i] % parts == part)
                        Count(text, i, counts.AsSpan(text[i] * contexts.Length, contexts.Length), columns);
                }
            }
        });
        return counts;
    }

    private static void Count(int[] text, int at, Span<float> row, int[] columns)
    {
        var last = Math.Min(text.Length - 1, at + Window);
        for (var j = Math.Max(0, at - Window); j <= last; j++)
        {
            if (j != at && columns[text[j]] is >= 0 and var column)
                row[column]++;
        }
    }

    private static Tensor PointwiseMutualInformation(float[] counts, int rows, int columns)
    {
        using var unaligned = tensor(counts, [rows, columns]);
        // Cloned into torch's aligned memory, because matrix products round differently on unaligned memory.
        var matrix = unaligned.clone();
        var tokenCounts = matrix.sum(1, keepdim: true).clamp_min_(1);
        // Smoothing keeps rare contexts from looking too informative.
        var contextProbabilities = matrix.sum(0, keepdim: true).pow_(0.75);
        contextProbabilities /= contextProbabilities.sum();
        return matrix.div_(tokenCounts).div_(contextProbabilities.clamp_min_(1e-12)).clamp_min_(1).log_();
    }

    /// <summary>Randomized SVD (Halko, Martinsson and Tropp 2011) with two power iterations.</summary>
    /// <returns>Left singular vectors times the square roots of the singular values, <c>[rows, rank]</c>.</returns>
    private static Tensor Decompose(Tensor matrix, int rank, Generator generator)
    {
        var width = Math.Min(rank + Oversampling, Math.Min(matrix.shape[0], matrix.shape[1]));
        var range = matrix.mm(randn([matrix.shape[1], width], generator: generator));
        for (var iteration = 0; iteration < 2; iteration++)
        {
            range = linalg.qr(range).Q;
            range = matrix.mm(matrix.t().mm(range));
        }

        range = linalg.qr(range).Q;
        var (left, values, _) = linalg.svd(range.t().mm(matrix), fullMatrices: false);
        return range.mm(left.narrow(1, 0, rank)) * values.narrow(0, 0, rank).sqrt();
    }
}
