using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.Scoring;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Scoring;

/// <summary>Loads the model to score with: a model folder, or the champion in storage.</summary>
public static class ModelSource
{
    public const string Champion = "champion";

    /// <param name="model">A model folder; null or <c>champion</c> for the champion in storage.</param>
    /// <param name="task">The champion's task; null for the default one.</param>
    /// <param name="precision">The precision to compute in.</param>
    /// <exception cref="CommandFailedException">The folder or the champion does not exist.</exception>
    /// <exception cref="Core.Foundation.InputRejectedException">The folder holds no valid model, or the model does not support the precision.</exception>
    public static async Task<TorchTextScorer> LoadAsync(Session session, string? model, string? task, ScoringPrecision precision, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var scorer = await LoadScorerAsync(session, model, task ?? LabelledTask.Default, precision, cancellationToken);
        if (scorer.Timings is { } timings)
            session.Note($"Scoring in {scorer.Precision.ToString().ToLowerInvariant()}, the fastest here: 1,024 tokens take {timings}.");
        return scorer;
    }

    private static async Task<TorchTextScorer> LoadScorerAsync(Session session, string? model, string task, ScoringPrecision precision, CancellationToken cancellationToken)
    {
        if (model is not (null or Champion))
            return Directory.Exists(model)
                ? TorchTextScorer.Load(model, Path.GetFileName(Path.GetFullPath(model).TrimEnd(Path.DirectorySeparatorChar)), precision)
                : throw new CommandFailedException(ExitCode.NotFound, $"--model {model}: expected a model folder or '{Champion}', found nothing. Check the path.");
        var services = await session.ConnectAsync(cancellationToken);
        var champion = await services.GetRequiredService<ModelRegistry>().ReadChampionAsync(task, cancellationToken);
        var version = champion.Model ?? throw new NoChampionException(task);
        using var progress = session.Progress($"Loading {version}", total: null, Screens.Quantity.Count);
        return TorchTextScorer.Load(await services.GetRequiredService<StoredModels>().GetPublishedAsync(version, cancellationToken), version, precision);
    }
}
