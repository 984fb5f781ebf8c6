using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>Checks that the vocabulary belongs to the word embeddings.</summary>
internal static class VocabularyCheck
{
    /// <exception cref="InputRejectedException">The vocabulary is larger than the config allows, or much smaller.</exception>
    public static void Validate(string model, ModelFiles files, EncoderConfig config)
    {
        var entries = files.Tokenizer.Tokenizer.Tokens.Count;
        if (entries > config.VocabSize)
            throw new InputRejectedException(
                ErrorRules.VocabularySize, $"model {model}", $"at most {config.VocabSize} vocabulary entries, as in config.json", $"{entries}", "Use the tokenizer files of that model.");
        // Some models pad their embeddings, but not to twice the size.
        if (entries < config.VocabSize / 2)
            throw new InputRejectedException(
                ErrorRules.VocabularySize, $"model {model}", $"about {config.VocabSize} vocabulary entries, as in config.json", $"{entries}", "Use the tokenizer files of that model.");
    }
}
