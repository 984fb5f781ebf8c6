using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Scoring;
using ImdbPipeline.MiniLm;
using ImdbPipeline.ScratchMini;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.EndToEnd.Tests.Training;

/// <summary>Each kind of base model with a teacher, averaged weights and a blend.</summary>
[Slow]
public sealed class EveryBaseModelTests : IDisposable
{
    private static readonly RetrainRequest request = new()
    {
        Epochs = 1,
        BatchSize = 8,
        MaxLength = 32,
        SaveSteps = 4,
        Teacher = Recipe.NgramTeacher,
        Averaging = AveragingMode.Ema,
        Blend = BlendMode.Ngrams,
    };

    private readonly TemporaryFolder folder = new();
    private readonly TinyDataset dataset = new(train: 40, unlabelled: 110);

    /// <summary>The last one is a folder in Hugging Face's layout.</summary>
    public static TheoryData<string> BaseModels => MiniLmBase.IsAvailable
        ? [ScratchMiniBase.ModelName, MiniLmBase.ModelName, Path.Combine(AppContext.BaseDirectory, "minilm")]
        : [ScratchMiniBase.ModelName];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(BaseModels))]
    public async Task A_taught_averaged_and_blended_model_is_the_same_after_a_resume_and_serves_every_precision(string baseModel)
    {
        var whole = await TrainAsync(baseModel, "whole", progress: null, TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAsync<OperationCanceledException>(() => TrainAsync(baseModel, "resumed", new TrainingSteps(step => { if (step == 14) stop.Cancel(); }), stop.Token));
        var resumed = await TrainAsync(baseModel, "resumed", progress: null, TestContext.Current.CancellationToken);

        Assert.Contains(resumed.State.Notes, note => note.StartsWith("resumed from a checkpoint at step 14 of ", StringComparison.Ordinal));
        Assert.Contains(resumed.State.Notes, note => note.StartsWith("soft labels for 40 labelled and 110 unlabelled texts from n-gram models that were not trained on them; accuracy ", StringComparison.Ordinal));
        foreach (var file in (string[])["model.safetensors", "ngrams.safetensors"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Folder, file)), File.ReadAllBytes(Path.Combine(resumed.Folder, file)));
        foreach (var precision in (ScoringPrecision[])[ScoringPrecision.Fp32, ScoringPrecision.Int8])
            Assert.Equal(resumed.State.Metrics[precision == ScoringPrecision.Fp32 ? "validationAccuracy" : "validationAccuracyInt8"], Accuracy(resumed.Folder, precision), 1e-9);
    }

    private Task<TrainedModel> TrainAsync(string baseModel, string output, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        new LocalTraining(new HubOptions(), TimeProvider.System, MiniLmBase.IsAvailable ? [new MiniLmBase(), new ScratchMiniBase()] : [new ScratchMiniBase()])
            .RunAsync(dataset, [], baseModel, request, folder[output], progress, cancellationToken);

    private double Accuracy(string model, ScoringPrecision precision)
    {
        var texts = dataset.Texts.Where(text => text.Split == Split.Validation).ToArray();
        using var scorer = TorchTextScorer.Load(model, "model", precision);
        var predictions = scorer.Score([.. texts.Select(text => text.Text)], null, TestContext.Current.CancellationToken);
        return (double)predictions.Zip(texts).Count(pair => pair.First.Label == dataset.Manifest.Labels[pair.Second.Label!.Value]) / texts.Length;
    }
}
