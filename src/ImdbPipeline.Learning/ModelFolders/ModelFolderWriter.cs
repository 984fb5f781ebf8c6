using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Ngrams;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>Writes a model folder atomically.</summary>
public static class ModelFolderWriter
{
    /// <summary>The files of a model folder that this class writes.</summary>
    internal static IReadOnlyList<string> Written { get; } =
    [
        ModelFolder.ConfigFile, ModelFolder.TokenizerFile, ModelFolder.TokenizerConfigFile, ModelFolder.VocabularyFile, CheckpointTensors.File, NgramFile.File, NgramFile.VocabularyFile,
        ModelFolder.TrainerStateFile, ModelFolder.CardFile,
    ];

    private static readonly JsonSerializerOptions indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="folder">Replaced if it already holds a model; otherwise it must be empty or absent.</param>
    /// <param name="files">Config and tokenizer of the base model.</param>
    /// <param name="blend">Null for the encoder alone.</param>
    /// <exception cref="InputRejectedException">The folder contains files but no model.</exception>
    public static void Write(string folder, TrainableEncoder encoder, ModelFiles files, TrainerState state, NgramBlend? blend)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(state);
        EnsureWritable(folder);
        var target = FullPath(folder);
        using var temporary = TempPath.CreateNextTo(target);
        var partial = Directory.CreateDirectory(temporary.Path).FullName;
        File.WriteAllText(Path.Combine(partial, ModelFolder.ConfigFile), Config(files.Config, encoder.Config));
        var treatment = state.Treatment;
        // Other programs read one row, not several fractions.
        var rowLength = encoder.Config.Fractions?.Length ?? treatment.MaxLength;
        File.WriteAllBytes(Path.Combine(partial, ModelFolder.TokenizerFile), files.Tokenizer.Write(treatment.StripMarkup, rowLength, cutStart: treatment.Truncation == Truncation.Tail));
        File.WriteAllText(Path.Combine(partial, ModelFolder.TokenizerConfigFile), TokenizerConfig(files.Tokenizer.Tokenizer, rowLength, treatment.Truncation));
        // Programs that read this file alone take the model for an uncased one.
        if (files.Tokenizer.Tokenizer.UncasedVocabulary() is { } vocabulary)
            File.WriteAllBytes(Path.Combine(partial, ModelFolder.VocabularyFile), vocabulary);
        SafetensorsWriter.Write(Path.Combine(partial, CheckpointTensors.File), encoder.Weights.Tensors);
        if (blend is not null)
            NgramFile.Write(partial, blend);
        state = state with { Files = FolderChecksums.Of(partial) };
        File.WriteAllBytes(Path.Combine(partial, ModelFolder.TrainerStateFile), JsonSerializer.SerializeToUtf8Bytes(state, PipelineJson.Record));
        File.WriteAllText(Path.Combine(partial, ModelFolder.CardFile), ModelCard.Of(state, encoder.Config, files.Tokenizer, blend));
        FolderReplacement.Replace(target, partial);
    }

    /// <summary>Copies a model folder atomically.</summary>
    /// <param name="source">The files of a model.</param>
    /// <param name="folder">As in <see cref="Write"/>.</param>
    /// <exception cref="InputRejectedException">The folder contains files but no model.</exception>
    public static void Copy(string source, string folder)
    {
        EnsureWritable(folder);
        var target = FullPath(folder);
        using var temporary = TempPath.CreateNextTo(target);
        var partial = Directory.CreateDirectory(temporary.Path).FullName;
        foreach (var file in Directory.EnumerateFiles(source))
            File.Copy(file, Path.Combine(partial, Path.GetFileName(file)));
        FolderReplacement.Replace(target, partial);
    }

    /// <summary>Checks that a model may be written to the folder, and restores a model whose replacement was interrupted.</summary>
    /// <exception cref="InputRejectedException">The folder contains something else than a model that was written here.</exception>
    public static void EnsureWritable(string folder)
    {
        var target = FullPath(folder);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target) ?? target);
            FolderReplacement.Recover(target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputRejectedException(
                ErrorRules.OutputFolder, $"output folder {folder}", "a folder that can be written", PrintableText.OneLine(e.Message.TrimEnd('.')), "Correct the permissions, or choose another folder.", e);
        }
        if (File.Exists(folder))
            throw Rejected("a file");
        string[] present = Directory.Exists(folder) ? [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)] : [];
        // Whatever is in the folder is deleted, so nothing may be in it that was not written here.
        if (present.FirstOrDefault(name => !Written.Contains(name)) is { } other)
            throw Rejected(other);
        if (present.Length > 0 && !present.Contains(ModelFolder.TrainerStateFile))
            throw Rejected($"a model without {ModelFolder.TrainerStateFile}");

        InputRejectedException Rejected(string found) =>
            new(ErrorRules.OutputFolder, $"output folder {folder}", "a new or empty folder, or one with nothing but a model that was trained by this program, which is replaced", found, "Choose another folder.");
    }

    private static string FullPath(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    /// <summary>The base model's config with the labels and shape of the trained model.</summary>
    private static string Config(byte[] json, EncoderConfig config)
    {
        var node = JsonNode.Parse(json)!.AsObject();
        node["architectures"] = new JsonArray($"{(config.Family == EncoderFamily.Bert ? "Bert" : "DistilBert")}ForSequenceClassification");
        node["id2label"] = new JsonObject(config.Labels.Select((label, i) => KeyValuePair.Create($"{i}", (JsonNode?)label)));
        node["label2id"] = new JsonObject(config.Labels.Select((label, i) => KeyValuePair.Create(label, (JsonNode?)i)));
        node.Remove("num_labels");
        node["problem_type"] = "single_label_classification";
        Shape(node, config);
        foreach (var type in (string[])["torch_dtype", "dtype"])
        {
            // Weights are always written as float32.
            if (node.ContainsKey(type))
                node[type] = "float32";
        }

        return node.ToJsonString(indented) + "\n";
    }

    /// <summary>Writes what a recipe may have changed: the number of layers, and fractions for long texts.</summary>
    private static void Shape(JsonObject node, EncoderConfig config)
    {
        node[config.Family == EncoderFamily.Bert ? "num_hidden_layers" : "n_layers"] = config.Layers;
        node.Remove(ConfigFields.FractionsField);
        if (config.Fractions is { } fractions)
            node[ConfigFields.FractionsField] = new JsonObject { ["pooling"] = JsonNamingPolicy.CamelCase.ConvertName($"{fractions.Pooling}"), ["length"] = fractions.Length };
    }

    /// <summary>A class that takes the tokenizer from tokenizer.json as it is; that of BERT would leave out the removal of markup.</summary>
    private static string TokenizerConfig(ModelTokenizer tokenizer, int maxLength, Truncation truncation)
    {
        var config = new JsonObject
        {
            ["tokenizer_class"] = "PreTrainedTokenizerFast",
            ["model_input_names"] = new JsonArray("input_ids", "attention_mask"),
            ["model_max_length"] = maxLength,
            ["truncation_side"] = truncation == Truncation.Tail ? "left" : "right",
            ["clean_up_tokenization_spaces"] = false,
        };
        foreach (var (name, id) in ((string, int?)[])
            [("cls_token", tokenizer.ClassificationId), ("mask_token", tokenizer.MaskId), ("pad_token", tokenizer.PaddingId), ("sep_token", tokenizer.SeparatorId), ("unk_token", tokenizer.UnknownId)])
        {
            if (id is { } known)
                config[name] = tokenizer.Tokens[known];
        }

        return config.ToJsonString(indented) + "\n";
    }
}
