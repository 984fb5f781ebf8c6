using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.Training;

/// <summary>A vocabulary longer than the word embeddings would read outside them.</summary>
internal static class VocabularyCheck
{
    /// <exception cref="InputRejectedException">Config and vocabulary do not belong together.</exception>
    public static void Refuse(string model, ModelFiles files, EncoderConfig config)
    {
        var pieces = Vocabulary.Read(files.Vocabulary, $"{model}, {ModelFolder.VocabularyFile}").Count;
        if (pieces > config.VocabSize)
            throw new InputRejectedException(
                "vocabulary-size", $"model {model}", $"at most {config.VocabSize} word pieces, as config.json says", $"{pieces}", "Use the vocab.txt of that model.");
    }
}
