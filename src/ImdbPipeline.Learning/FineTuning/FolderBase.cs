using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Teaching;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>A pre-trained base model in a local folder.</summary>
public sealed record FolderBase(string Name, string Folder) : IBaseModel
{
    public async Task<PreparedTraining> PrepareAsync(
        IPreparedDataset dataset, Recipe recipe, ITeacher? teacher, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        TrainerState.Read(Folder);
        var files = ModelFiles.Read(Folder);
        var stored = EncoderLoader.ReadConfig(Folder);
        var config = ModelShape.Of(stored, recipe, dataset.Manifest);
        var loaded = EncoderLoader.LoadBase(Folder, config, FineTuningSetup.Heads(config, recipe), recipe.Seed);
        loaded = loaded with { Notes = [.. loaded.Notes, .. ModelShape.Notes(stored, config, recipe)] };
        return await FineTuningSetup.PrepareAsync(Name, files, loaded, TrainingMethod.FineTuning, dataset, recipe, teacher, progress, cancellationToken);
    }
}
