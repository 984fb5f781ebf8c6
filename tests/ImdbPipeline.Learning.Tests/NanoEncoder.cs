using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.Tests;

/// <summary>A tiny encoder that trains quickly, and a task for it.</summary>
internal static class NanoEncoder
{
    /// <summary>Label 1 if the row contains token 7, otherwise 0.</summary>
    public static TrainingExample[] Task(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var ids = Enumerable.Range(0, random.Next(4, 20)).Select(_ => random.Next(8, 300)).ToArray();
            if (i % 2 == 1)
                ids[random.Next(ids.Length)] = 7;
            return TrainingExample.Labelled([2, .. ids, 3], i % 2, 2);
        })];
    }

    public static TrainableEncoder Create(double dropout = 0.1) => new(EncoderWeights.Initialise(
        new EncoderConfig
        {
            Family = EncoderFamily.DistilBert,
            VocabSize = 300,
            Dim = 32,
            Layers = 2,
            Heads = 4,
            HiddenDim = 48,
            MaxPositions = 40,
            Labels = ["neg", "pos"],
            Dropout = dropout,
            AttentionDropout = dropout,
            ClassifierDropout = dropout,
            InitializerRange = 0.1,
        },
        seed: 1));
}
