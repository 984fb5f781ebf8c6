using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>A model folder (Hugging Face files): the names of its files, and how the small ones are read.</summary>
public static class ModelFolder
{
    public const string ConfigFile = "config.json";
    public const string VocabularyFile = Vocabulary.FileName;
    public const string TokenizerConfigFile = "tokenizer_config.json";
    public const string TokenizerFile = TokenizerJson.FileName;
    public const string SpecialTokensFile = "special_tokens_map.json";
    public const string AddedTokensFile = "added_tokens.json";
    public const string TrainerStateFile = "trainer_state.json";
    public const string CardFile = "README.md";

    /// <summary>The files that decide about a model's token ids.</summary>
    public static IReadOnlyList<string> TokenizerFiles { get; } = [TokenizerFile, VocabularyFile, TokenizerConfigFile, SpecialTokensFile, AddedTokensFile];

    /// <summary>Files about a model that do not determine its predictions. They contain times, which differ each time the same model is trained.</summary>
    public static IReadOnlyList<string> ReportFiles { get; } = [TrainerStateFile, CardFile];

    // The largest tokenizer.json of a well-known model has 35 MB.
    private const int MaxBytes = 100_000_000;

    /// <returns>Null if there is no such file.</returns>
    /// <exception cref="InputRejectedException">The file is a Git LFS pointer, or too big.</exception>
    public static byte[]? Read(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        if (!File.Exists(path))
            return null;
        using var stream = Open(path);
        // A device has no length, so the limit is on what is read.
        var content = new byte[Math.Min(stream.CanSeek ? stream.Length : 0, MaxBytes) + 1];
        var length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        while (length == content.Length && length <= MaxBytes)
        {
            Array.Resize(ref content, Math.Min(2 * length, MaxBytes + 1));
            length += stream.ReadAtLeast(content.AsSpan(length), content.Length - length, throwOnEndOfStream: false);
        }

        if (length > MaxBytes)
            throw new InputRejectedException(ErrorRules.ModelFileTooBig, path, $"at most {MaxBytes} bytes", "more", "Use the file that was saved with the model.");
        Array.Resize(ref content, length);
        return GitLfsPointer.IsStartOf(content) ? throw GitLfsPointer.Rejected(path) : content;
    }

    /// <exception cref="InputRejectedException">The file cannot be opened.</exception>
    internal static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputRejectedException(ErrorRules.ModelFileUnreadable, path, "a readable file", e.Message, "Copy the file itself into the folder, or correct its permissions.", e);
        }
    }
}
