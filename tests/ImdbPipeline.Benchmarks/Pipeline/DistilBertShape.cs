using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>A model folder with a DistilBERT-sized encoder. Weights are random, since speed does not depend on them.</summary>
internal static class DistilBertShape
{
    public static byte[] Vocabulary => File.ReadAllBytes(BenchmarkData.Vocabulary);

    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, ModelFolder.ConfigFile), RandomBase.DistilBert.ConfigJson(ModelTokenizer.FromVocabulary(Vocabulary)));
        using var weights = EncoderWeights.Initialise(EncoderLoader.ReadConfig(folder), seed: 1);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), weights.Tensors);
    }

    public static TrainableEncoder Load(string folder) => EncoderLoader.LoadModel(folder).Encoder;
}
