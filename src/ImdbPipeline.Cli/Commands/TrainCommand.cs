using System.CommandLine;
using ImdbPipeline.Cli.Following;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb train</c>: an archive in, a model folder out, no storage between.</summary>
internal sealed class TrainCommand : ImdbCommand
{
    public TrainCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "train", "Trains on an archive or a folder and writes a model folder that Hugging Face Transformers load. Needs no storage.",
            "imdb train aclImdb_v1.tar.gz --output my-model",
            "imdb train reviews/ --output my-model --base-model distilbert-base-uncased --epochs 2")
    {
        var archive = Archives.Argument();
        var output = new Option<string>("--output") { Description = "The model's folder: new, empty, or a model that is replaced.", HelpName = "folder", Required = true };
        var recipe = new RecipeOptions(withDataset: false);
        Add(archive);
        Add(output);
        foreach (var option in recipe.All)
            Add(option);
        Does(async (session, parsed, cancellationToken) =>
        {
            var request = recipe.Read(parsed);
            var file = Archives.Open(parsed.GetRequiredValue(archive));
            var trained = await TrainAsync(session, file, request, parsed.GetRequiredValue(output), cancellationToken);
            if (session.Json)
                session.PrintJson(new { folder = trained.Folder, labels = trained.Labels, metrics = trained.State.Metrics });
            else
                TrainedModelScreen.Show(session.Terminal.Page, trained);
            return ExitCode.Ok;
        });
    }

    private static async Task<TrainedModel> TrainAsync(
        Session session, ArchiveFile archive, RetrainRequest request, string output, CancellationToken cancellationToken)
    {
        var prepared = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"imdb-train-{Guid.NewGuid():N}")).FullName;
        try
        {
            using (var progress = new PreparationWatch(session))
                await new DatasetPreparation(session.Terminal.Clock)
                    .PrepareAsync(archive, new FolderDatasetSink(prepared), new PreparationSettings(), progress, cancellationToken);
            var dataset = await LocalDataset.OpenAsync(prepared, cancellationToken);
            var baseModel = request.BaseModel ?? BaseModel.ScratchMini;
            var recipe = Recipe.Resolve(request, DefaultRecipes.For(baseModel, dataset.Manifest));
            using var training = new TrainingWatch(session);
            return await LocalTraining.Create(session.Terminal.Setting, session.Terminal.Clock)
                .RunAsync(dataset, [], baseModel, recipe, output, training, cancellationToken);
        }
        finally
        {
            Directory.Delete(prepared, recursive: true);
        }
    }
}
