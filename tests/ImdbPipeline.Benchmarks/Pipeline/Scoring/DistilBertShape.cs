using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Benchmarks.Pipeline.Scoring;

/// <summary>An encoder of DistilBERT's size. Its weights are random: what they are does not change how long a product takes.</summary>
internal static class DistilBertShape
{
    public static EncoderConfig Config { get; } = new()
    {
        Family = EncoderFamily.DistilBert,
        VocabSize = 30522,
        Dim = 768,
        Layers = 6,
        Heads = 12,
        HiddenDim = 3072,
        MaxPositions = 512,
        Labels = ["neg", "pos"],
    };

    public static Encoder Create() => new(EncoderWeights.Initialise(Config, seed: 1));
}
