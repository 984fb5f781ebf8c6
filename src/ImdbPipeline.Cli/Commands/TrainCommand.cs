using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Cli.Watching;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.MiniLm;
using ImdbPipeline.ScratchMini;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb train</c>: trains on an archive and writes a model folder, without storage.</summary>
internal sealed class TrainCommand : ImdbCommand
{
    public TrainCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "train", "Trains on an archive or a folder and writes a model folder that Hugging Face Transformers can load. Needs no storage.",
            "imdb train aclImdb_v1.tar.gz --output my-model",
            "imdb train my-texts/ --output my-model --base-model distilbert-base-uncased",
            "imdb train films.csv --auxiliary books.csv --output my-model")
    {
        var archive = ArchiveArgument.Argument();
        var output = new Option<string>("--output") { Description = "The model folder: new, empty, or one with nothing but a model that was trained here, which is replaced.", HelpName = "folder", Required = true };
        var auxiliary = new Option<string[]>("--auxiliary") { Description = "Another archive. Its labelled texts train the same encoder through a separate classifier, which is discarded. May be repeated.", HelpName = "archive", Arity = ArgumentArity.OneOrMore };
        var preparation = new PreparationOptions();
        var recipe = new RecipeOptions(withDataset: false);
        Add(archive);
        Add(output);
        Add(auxiliary);
        foreach (var option in preparation.All.Concat(recipe.All))
            Add(option);
        SetHandler(async (session, parsed, cancellationToken) =>
        {
            var request = recipe.Read(parsed);
            var file = Open(parsed.GetRequiredValue(archive));
            var others = OpenAuxiliary(parsed.GetValue(auxiliary) ?? [], Open);
            var trained = await TrainAsync(session, file, others, request, parsed.GetRequiredValue(output), cancellationToken);
            return session.Print(new { folder = trained.Folder, labels = trained.Labels, metrics = trained.State.Metrics }, page => TrainedModelScreen.Show(page, trained));

            (ArchiveFile, PreparationSettings) Open(string path) =>
                (ArchiveFile.Open(path), preparation.Read(session, parsed, path) ?? new PreparationSettings());
        });
    }

    private static async Task<TrainedModel> TrainAsync(
        Session session, (ArchiveFile File, PreparationSettings Settings) archive, IReadOnlyList<(ArchiveFile File, PreparationSettings Settings)> others, RetrainRequest request, string output, CancellationToken cancellationToken)
    {
        using var prepared = new PreparedArchives(session);
        var dataset = await prepared.PrepareAsync(archive.File, archive.Settings, cancellationToken);
        var auxiliary = new List<IPreparedDataset>(others.Count);
        foreach (var other in others)
            auxiliary.Add(await prepared.PrepareAsync(other.File, other.Settings, cancellationToken));
        using var training = new TrainingWatch(session);
        return await new LocalTraining(session.Terminal.Settings.Read<HubOptions>(), session.Terminal.TimeProvider, BuiltIn())
            .RunAsync(dataset, auxiliary, request.BaseModel, request, output, training, cancellationToken);
    }

    private static IReadOnlyList<IBaseModel> BuiltIn() => MiniLmBase.IsAvailable ? [new MiniLmBase(), new ScratchMiniBase()] : [new ScratchMiniBase()];

    private static IReadOnlyList<T> OpenAuxiliary<T>(string[] paths, Func<string, T> open) =>
        paths.Length <= RetrainMessage.MaxAuxiliaryDatasets
            ? [.. paths.Select(open)]
            : throw new CommandFailedException(
                ExitCode.WrongUsage, $"--auxiliary: expected at most {RetrainMessage.MaxAuxiliaryDatasets} archives, found {paths.Length}. Remove some.");
}
