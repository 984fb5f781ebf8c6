using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>The small files of a model.</summary>
/// <param name="Config">config.json.</param>
public sealed record ModelFiles(byte[] Config, TokenizerJson Tokenizer)
{
    /// <summary>The length in tokens that the model was trained with; null if its files do not say.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Which part of a longer text is kept.</summary>
    public Truncation Truncation { get; init; } = Truncation.Head;

    /// <exception cref="InputRejectedException">A file is missing, invalid, or says something that is not supported.</exception>
    public static ModelFiles Read(string folder)
    {
        var config = ModelFolder.Read(folder, ModelFolder.ConfigFile)
            ?? throw new InputRejectedException(ErrorRules.ModelFileMissing, folder, ModelFolder.ConfigFile, "none", "Specify a folder with Hugging Face model files.");
        // First, so that a model of another family is refused as such and not for its tokenizer.
        EncoderConfig.Parse(config, Path.Combine(folder, ModelFolder.ConfigFile));
        return TokenizerFiles.Read(folder).ToModelFiles(config);
    }
}
