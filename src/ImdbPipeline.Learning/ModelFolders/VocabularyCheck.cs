using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>Checks that every token ID has a word embedding.</summary>
internal static class VocabularyCheck
{
    /// <exception cref="InputRejectedException">The vocabulary is larger than the config allows.</exception>
    public static void Validate(string model, ModelFiles files, EncoderConfig config)
    {
        var entries = files.Tokenizer.Tokenizer.Tokens.Count;
        if (entries > config.VocabSize)
            throw new InputRejectedException(
                ErrorRules.VocabularySize, $"model {model}", $"at most {config.VocabSize} vocabulary entries, as in config.json", $"{entries}", "Use the tokenizer files of that model.");
    }
}
