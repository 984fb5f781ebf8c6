using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>A model folder with an encoder of DistilBERT's size. Its weights are random: what they are does not change how long a product takes.</summary>
internal static class DistilBertShape
{
    public static byte[] Vocabulary => File.ReadAllBytes(SharedFiles.Require("data/bert-base-uncased/vocab.txt"));

    /// <param name="shape">DistilBERT's, or a smaller one for what needs many steps.</param>
    public static void Write(string folder, string shape = "scratch-distilbert")
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, ModelFolder.ConfigFile), RandomBase.ConfigJson(shape, Vocabulary));
        using var weights = EncoderWeights.Initialise(EncoderLoader.ReadConfig(folder), seed: 1);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), weights.Tensors);
    }

    public static Encoder Load(string folder) => EncoderLoader.LoadModel(folder).Encoder;
}
