using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Testing.Datasets;

/// <summary>A small generated dataset in memory. Labels depend on a positive or negative word and on whether it is negated.</summary>
public sealed class TinyDataset(int train, int unlabelled = 0, int heldOut = 60, string[]? labels = null, int seed = 1)
    : InMemoryDataset("tiny", labels ?? ["neg", "pos"], [.. good, .. bad, .. things, "not", "the", "was", "fine", ".", "really"], Generate(train, unlabelled, heldOut, labels?.Length ?? 2, seed))
{
    private static readonly string[] good = ["great", "lovely", "moving", "clever"];
    private static readonly string[] bad = ["awful", "boring", "clumsy", "empty"];
    private static readonly string[] things = ["film", "plot", "cast", "score", "scene", "ending"];

    private static IEnumerable<(Split, string, int)> Generate(int train, int unlabelled, int heldOut, int labels, int seed)
    {
        var random = new Random(seed);
        foreach (var (split, count) in ((Split, int)[])[(Split.Train, train), (Split.Unsup, unlabelled), (Split.Validation, heldOut), (Split.Test, heldOut)])
        {
            for (var i = 0; i < count; i++)
            {
                var label = random.Next(labels);
                yield return (split, Text(random, label), label);
            }
        }
    }

    private static string Text(Random random, int label)
    {
        var sentences = Enumerable.Range(0, random.Next(1, 6)).Select(_ =>
        {
            var negated = random.Next(3) == 0;
            // Texts of the third and further labels use the word "fine".
            var judgement = label > 1 ? "fine" : Pick(random, (label == 1) ^ negated ? good : bad);
            return $"the {Pick(random, things)} was {(negated ? "not " : "really ")}{judgement} .";
        });
        return string.Join(' ', sentences);
    }

    private static string Pick(Random random, string[] words) => words[random.Next(words.Length)];
}
