using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Benchmarks.Pipeline.Training;

/// <summary>An encoder whose training is measured. Weights are random, since speed does not depend on them.</summary>
internal sealed record TrainedShape(string Name, EncoderFamily Family, int Dim, int Layers, int Heads, int HiddenDim)
{
    private const int VocabSize = 30522;

    public static TrainedShape DistilBert { get; } = new("distilbert", EncoderFamily.DistilBert, 768, 6, 12, 3072);

    public static IReadOnlyList<TrainedShape> All { get; } =
    [
        DistilBert,
        new("minilm", EncoderFamily.Bert, 384, 6, 12, 1536),
        new("mini", EncoderFamily.DistilBert, 128, 2, 4, 256),
    ];

    /// <summary>Number of weights in the layers, without biases and norms.</summary>
    public long LayerWeights => Layers * ((4L * Dim * Dim) + (2L * Dim * HiddenDim));

    public static TrainedShape Named(string name) => All.Single(shape => shape.Name == name);

    public TrainableEncoder Create() => new(EncoderWeights.Initialise(
        new EncoderConfig
        {
            Family = Family,
            VocabSize = VocabSize,
            Dim = Dim,
            Layers = Layers,
            Heads = Heads,
            HiddenDim = HiddenDim,
            MaxPositions = 512,
            TokenTypes = Family == EncoderFamily.Bert ? 2 : 0,
            Labels = ["neg", "pos"],
        },
        seed: 1));
}
