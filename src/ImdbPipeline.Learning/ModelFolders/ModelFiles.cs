using System.Text.Json;
using System.Text.Json.Nodes;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>The small files of a base model, kept unchanged.</summary>
/// <param name="Config">config.json.</param>
/// <param name="Vocabulary">vocab.txt.</param>
/// <param name="TokenizerConfig">tokenizer_config.json, if present.</param>
/// <param name="Tokenizer">tokenizer.json, if present.</param>
public sealed record ModelFiles(byte[] Config, byte[] Vocabulary, byte[]? TokenizerConfig = null, byte[]? Tokenizer = null)
{
    /// <exception cref="InputRejectedException">A file is missing, or the model is cased.</exception>
    public static ModelFiles Read(string folder)
    {
        var files = new ModelFiles(
            Required(folder, ModelFolder.ConfigFile), Required(folder, ModelFolder.VocabularyFile),
            Optional(folder, ModelFolder.TokenizerConfigFile), Optional(folder, ModelFolder.TokenizerFile));
        if (files.TokenizerConfig is { } json && IsCased(json))
            throw new InputRejectedException(
                ErrorRules.TokenizerCased, folder, "an uncased model", "do_lower_case false in tokenizer_config.json", "Use the uncased variant of the model.");
        return files;
    }

    private static bool IsCased(byte[] json)
    {
        try
        {
            return JsonNode.Parse(json)?["do_lower_case"] is JsonValue value && value.TryGetValue(out bool lower) && !lower;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static byte[] Required(string folder, string file) =>
        Optional(folder, file)
        ?? throw new InputRejectedException(ErrorRules.ModelFileMissing, folder, file, "none", "Specify a folder with Hugging Face model files and a WordPiece vocabulary.");

    private static byte[]? Optional(string folder, string file) =>
        Path.Combine(folder, file) is var path && File.Exists(path) ? File.ReadAllBytes(path) : null;
}
