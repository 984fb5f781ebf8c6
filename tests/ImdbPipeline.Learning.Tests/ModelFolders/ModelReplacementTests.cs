using System.Text;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;
using TrainableEncoder = ImdbPipeline.Learning.Encoders.TrainableEncoder;

namespace ImdbPipeline.Learning.Tests.ModelFolders;

/// <summary>Replacing a model folder, also when the process is killed midway.</summary>
public sealed class ModelReplacementTests : IDisposable
{
    private const string Old = "old", New = "new";

    private readonly TemporaryFolder folder = new();
    private readonly TrainableEncoder encoder;
    private readonly ModelFiles files;

    public ModelReplacementTests()
    {
        var golden = folder.CopyOf("distilbert-nano");
        encoder = EncoderLoader.LoadModel(golden).Encoder;
        files = new ModelFiles(File.ReadAllBytes(Path.Combine(golden, ModelFolder.ConfigFile)), TokenizerJson.FromVocabulary("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"u8));
        Directory.Delete(golden, recursive: true);
    }

    public void Dispose()
    {
        encoder.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_new_model_replaces_the_old_one_and_leaves_no_other_files()
    {
        Write("model", Old);
        Write("model", New);
        Assert.Equal((New, "model"), (Dataset("model"), Names()));
    }

    [Theory]
    [InlineData("model, partial", Old)]
    [InlineData("model.imdb-replaced, partial", Old)]
    [InlineData("model, model.imdb-replaced", Old)]
    [InlineData("partial", null)]
    [InlineData("", null)]
    public void A_kill_leaves_a_complete_model_or_none_and_the_next_training_run_succeeds(string left, string? dataset)
    {
        foreach (var name in left.Split(", ", StringSplitOptions.RemoveEmptyEntries))
            if (name == "partial")
                Directory.CreateDirectory(folder[$"model.partial-{Guid.NewGuid():N}"]);
            else
                Write(name, name == "model.imdb-replaced" && left.Contains("model,", StringComparison.Ordinal) ? "older" : Old);

        ModelFolderWriter.EnsureWritable(folder["model"]);
        Assert.Equal(dataset, Directory.Exists(folder["model"]) ? Dataset("model") : null);
        Assert.Equal(dataset is null ? "" : "model", Names());
        Write("model", New);
        Assert.Equal((New, "model"), (Dataset("model"), Names()));
    }

    [Fact]
    public void A_folder_with_other_files_is_rejected_and_left_unchanged()
    {
        Directory.CreateDirectory(folder["model"]);
        File.WriteAllText(Path.Combine(folder["model"], "letter.txt"), "dear");
        Assert.Equal("output-folder", Assert.Throws<InputRejectedException>(() => Write("model", New)).Rule);
        Assert.Equal("dear", File.ReadAllText(Path.Combine(folder["model"], "letter.txt"), Encoding.UTF8));
    }

    [Theory]
    [InlineData("train.py")]
    [InlineData("notes/how-we-trained.txt")]
    public void A_model_with_other_files_beside_it_is_rejected_by_their_name_and_left_unchanged(string other)
    {
        Write("model", Old);
        folder.Write($"model/{other}", "keep");

        var e = Assert.Throws<InputRejectedException>(() => Write("model", New));

        Assert.Equal("output-folder", e.Rule);
        Assert.Contains($"found {other.Split('/')[0]}", e.Message);
        Assert.Equal(("keep", Old), (File.ReadAllText(folder[$"model/{other}"]), Dataset("model")));
    }

    [Fact]
    public void A_model_that_was_trained_elsewhere_is_rejected_and_left_unchanged()
    {
        Write("model", Old);
        File.Delete(Path.Combine(folder["model"], ModelFolder.TrainerStateFile));

        Assert.Contains("found a model without trainer_state.json", Assert.Throws<InputRejectedException>(() => Write("model", New)).Message);
        Assert.True(File.Exists(Path.Combine(folder["model"], CheckpointTensors.File)));
    }

    private void Write(string name, string dataset) => ModelFolderWriter.Write(folder[name], encoder, files, new TrainerState
    {
        BaseModel = "some/base",
        Dataset = dataset,
        Recipe = Recipe.Notebook,
        Treatment = new TextPreprocessing(true, 40, Truncation.Head),
        GlobalStep = 1,
        MaxSteps = 1,
        Metrics = new Dictionary<string, double>(),
        Confusion = new Dictionary<string, IReadOnlyList<IReadOnlyList<int>>>(),
        LogHistory = [],
        Notes = [],
    }, blend: null);

    private string Dataset(string name)
    {
        using var complete = EncoderLoader.LoadModel(folder[name]).Encoder;
        return TrainerState.Read(folder[name])!.Dataset;
    }

    private string Names() => string.Join(", ", Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
}
