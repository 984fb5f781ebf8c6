namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>File names of a model folder (Hugging Face files).</summary>
public static class ModelFolder
{
    public const string ConfigFile = "config.json";
    public const string VocabularyFile = "vocab.txt";
    public const string TokenizerConfigFile = "tokenizer_config.json";
    public const string TokenizerFile = "tokenizer.json";
    public const string TrainerStateFile = "trainer_state.json";
    public const string CardFile = "README.md";
}
