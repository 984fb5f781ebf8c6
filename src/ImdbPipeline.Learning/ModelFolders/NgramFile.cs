using System.Globalization;
using System.Security.Cryptography;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Ngrams;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>The n-gram part of a model folder: <c>ngrams.safetensors</c> and its vocabulary.</summary>
public static class NgramFile
{
    public const string File = "ngrams.safetensors";
    public const string VocabularyFile = "ngrams_vocab.txt";

    private const string Features = "features", Weights = "weights", Biases = "biases", Blend = "blend";
    private const string BitsEntry = "bits", TokensEntry = "tokens", VocabularyEntry = "vocabulary";

    /// <param name="folder">An existing folder.</param>
    public static void Write(string folder, NgramBlend blend)
    {
        ArgumentNullException.ThrowIfNull(blend);
        using var scope = NewDisposeScope();
        var classifiers = blend.Model.Classifiers;
        SafetensorsWriter.Write(
            Path.Combine(folder, File),
            new Dictionary<string, Tensor>
            {
                [Features] = tensor(blend.Model.Index.Features.ToArray(), dtype: ScalarType.Int32),
                [Weights] = tensor(classifiers.SelectMany(classifier => classifier.Weights).ToArray(), [classifiers.Count, blend.Model.Index.Count]),
                [Biases] = tensor(classifiers.Select(classifier => (float)classifier.Bias).ToArray()),
                [Blend] = tensor((float[])[blend.EncoderWeight, blend.NgramWeight]),
            },
            new Dictionary<string, string> { ["format"] = "pt", [BitsEntry] = Text(NgramFeatures.Bits), [TokensEntry] = Text(NgramFeatures.MaxTokens), [VocabularyEntry] = Hash(blend.Vocabulary) });
        System.IO.File.WriteAllBytes(Path.Combine(folder, VocabularyFile), blend.Vocabulary);
    }

    /// <returns>Null if the model is an encoder alone.</returns>
    /// <exception cref="InputRejectedException">A file is damaged or does not belong to a model with these labels.</exception>
    public static NgramBlend? Read(string folder, int labelCount)
    {
        var path = Path.Combine(folder, File);
        var vocabularyPath = Path.Combine(folder, VocabularyFile);
        if (!Path.Exists(path) && !Path.Exists(vocabularyPath))
            return null;
        foreach (var (part, other) in ((string, string)[])[(File, VocabularyFile), (VocabularyFile, File)])
            if (!System.IO.File.Exists(Path.Combine(folder, part)))
                throw new InputRejectedException(ErrorRules.ModelFileMissing, folder, part, "none", $"Restore it, or delete {other} to score with the encoder alone.");
        var vocabulary = System.IO.File.ReadAllBytes(vocabularyPath);
        using var reader = new SafetensorsReader(path);
        if (reader.Metadata.GetValueOrDefault(BitsEntry) != Text(NgramFeatures.Bits) || reader.Metadata.GetValueOrDefault(TokensEntry) != Text(NgramFeatures.MaxTokens))
            throw Rejected($"n-grams of up to {NgramFeatures.MaxTokens} tokens, hashed to {NgramFeatures.Bits} bits", "others");
        if (reader.Metadata.GetValueOrDefault(VocabularyEntry) != Hash(vocabulary))
            throw Rejected($"n-grams of the tokens in {VocabularyFile}", "those of another vocabulary");
        using var scope = NewDisposeScope();
        var features = reader.ReadIntegers(Features);
        if (features.Any(feature => feature is < 0 or >= 1 << NgramFeatures.Bits) || features.Zip(features.Skip(1)).Any(pair => pair.First >= pair.Second))
            throw Rejected($"ascending features below 2^{NgramFeatures.Bits}", "others");
        var classes = NgramModel.ClassesOf(labelCount).Length;
        float[] weights = Read(Weights, classes, features.Length), biases = Read(Biases, classes), blend = Read(Blend, 2);
        if (blend.Any(weight => weight < 0))
            throw Rejected("blend weights of at least 0", string.Join(", ", blend));
        var classifiers = biases.Select((bias, i) => new NgramClassifier(weights[(i * features.Length)..((i + 1) * features.Length)], bias)).ToArray();
        return new NgramBlend(new NgramModel(new NgramIndex(features), classifiers), vocabulary, blend[0], blend[1]);

        float[] Read(string name, params long[] shape)
        {
            var value = reader.Read(name);
            if (!value.shape.SequenceEqual(shape))
                throw Rejected($"'{name}' of shape [{string.Join(", ", shape)}]", $"[{string.Join(", ", value.shape)}]");
            float[] numbers = value.numel() == 0 ? [] : value.data<float>().ToArray();
            return Array.TrueForAll(numbers, float.IsFinite) ? numbers : throw Rejected($"finite numbers in '{name}'", "infinite ones or NaN");
        }

        InputRejectedException Rejected(string expected, string found) =>
            new(ErrorRules.SafetensorsInvalid, File, expected, found, "Download or train the model again.");
    }

    private static string Hash(byte[] vocabulary) => Convert.ToHexStringLower(SHA256.HashData(vocabulary));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
