using ImdbPipeline.Cli.Outputs;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.Scoring;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Scoring;

/// <summary>Loads the model to score with: a model folder, or a model in storage.</summary>
public static class ModelSource
{
    public const string Champion = "champion";

    /// <param name="model">A model folder, a published version, or a task for its champion; null or <c>champion</c> for the champion of <paramref name="task"/>.</param>
    /// <param name="task">The champion's task; null for the default one.</param>
    /// <param name="precision">The precision to compute in.</param>
    /// <exception cref="Foundation.CommandFailedException">There is no such model.</exception>
    /// <exception cref="Core.Foundation.InputRejectedException">The folder holds no valid model, or the model does not support the precision.</exception>
    public static async Task<TorchTextScorer> LoadAsync(Session session, string? model, string? task, ScoringPrecision precision, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var scorer = await LoadScorerAsync(session, model, task, precision, cancellationToken);
        if (scorer.Timings is { } timings)
            session.Note($"Scoring in {scorer.Precision.ToString().ToLowerInvariant()}, the fastest here: 1,024 tokens take {timings}.");
        return scorer;
    }

    private static async Task<TorchTextScorer> LoadScorerAsync(Session session, string? model, string? task, ScoringPrecision precision, CancellationToken cancellationToken)
    {
        if (model is not (null or Champion) && Directory.Exists(model))
            return TorchTextScorer.Load(model, Path.GetFileName(Path.GetFullPath(model).TrimEnd(Path.DirectorySeparatorChar)), precision);
        var services = await session.ConnectAsync(cancellationToken);
        var version = model is null or Champion ? await ChampionAsync(services, task ?? LabelledTask.Default, cancellationToken) : (await PublishedModel.FindAsync(services, model, cancellationToken)).Version;
        using var progress = session.Progress($"Loading {version}", total: null, Screens.Quantity.Count);
        return TorchTextScorer.Load(await services.GetRequiredService<StoredModels>().GetPublishedAsync(version, cancellationToken), version, precision);
    }

    private static async Task<string> ChampionAsync(IServiceProvider services, string task, CancellationToken cancellationToken) =>
        (await services.GetRequiredService<ModelRegistry>().ReadChampionAsync(task, cancellationToken)).Model ?? throw new NoChampionException(task);
}
