using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Trainer;

/// <summary>Executes a run: resolves the base model and datasets, trains, evaluates, publishes and promotes.</summary>
internal sealed class RunExecution(
    PipelineStorage storage, RunStore runs, IDatasetCatalog datasets, TaskStore tasks, DatasetOpener open, BaseModelResolver baseModels, ModelTraining training,
    ModelPublisher publisher, ModelRegistry registry, TrainerOptions options, TimeProvider timeProvider, ILogger<RunExecution> log)
{
    /// <param name="run">The run's record as written when the attempt began.</param>
    /// <param name="lease">The run's lease, confirmed before anything is published.</param>
    /// <param name="grace">Ends storage calls that would outlast the time this process has to stop.</param>
    /// <param name="cancellationToken">Stops training; the last step is stored as a checkpoint.</param>
    /// <exception cref="InputRejectedException">The run cannot succeed.</exception>
    /// <exception cref="RunTakenOverException">Another trainer has the run.</exception>
    public async Task RunAsync(RunRecord run, RunLease lease, CancellationToken grace, CancellationToken cancellationToken)
    {
        var name = run.Run;
        var manifest = await FindDatasetAsync(name, run.Dataset!, cancellationToken);
        var baseModel = run.BaseModel ?? options.DefaultBaseModel ?? baseModels.Default;
        var recipe = Recipe.Resolve(run.Request, baseModels.DefaultRecipe(baseModel, manifest, run.Request.Teacher));
        using var scratch = TempPath.CreateInTempFolder("imdb-run");
        PrivateFolder.Create(scratch.Path);
        var checkpoints = new RunCheckpoints(storage, run, Path.Combine(scratch.Path, "checkpoint"), grace);
        TrainedModel model;
        await using (var recorder = new RunRecorder(storage, runs, run, timeProvider, log))
        {
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, recorder.Superseded);
            try
            {
                var dataset = open(manifest);
                var auxiliary = new List<IPreparedDataset>();
                foreach (var other in run.AuxiliaryDatasets)
                    auxiliary.Add(open(await FindDatasetAsync(name, other, stopping.Token)));
                var resolved = await Stage.RunAsync("ResolveBaseModel", _ => baseModels.ResolveAsync(baseModel, recorder, stopping.Token));
                model = await Stage.RunAsync("TrainModel", _ => Task.Run(
                    () => training.RunAsync(dataset, auxiliary, resolved, recipe, name, Path.Combine(scratch.Path, "model"), checkpoints, recorder, stopping.Token), stopping.Token));
            }
            catch (OperationCanceledException e) when (recorder.Superseded.IsCancellationRequested)
            {
                throw new RunTakenOverException(name, e);
            }
        }

        await Stage.RunAsync("PublishModel", _ => PublishAsync(run, manifest, lease, recipe, model, cancellationToken));
        checkpoints.Clear();
    }

    private async Task<DatasetManifest> FindDatasetAsync(string run, string dataset, CancellationToken cancellationToken) =>
        await datasets.FindAsync(dataset, cancellationToken)
            ?? throw new InputRejectedException(ErrorRules.DatasetUnknown, $"run {run}", $"dataset {dataset}", "no dataset of that name", "Upload its archive again.");

    private async Task PublishAsync(RunRecord run, DatasetManifest dataset, RunLease lease, Recipe recipe, TrainedModel model, CancellationToken cancellationToken)
    {
        await runs.TransitionAsync(run.Run, RunState.Evaluating, run.RequireOwner, cancellationToken);
        await lease.ConfirmAsync(cancellationToken);
        var task = run.Task ?? LabelledTask.Of(dataset, await tasks.FindAsync(LabelledTask.Default, cancellationToken));
        var published = await publisher.PublishAsync(model, task, cancellationToken);
        await lease.ConfirmAsync(cancellationToken);
        var promotion = recipe.Promote == PromotionMode.Never
            ? "not requested"
            : (await registry.PromoteAsync(task, published.Version, run.Run, recipe.Promote == PromotionMode.AboveBaseline, cancellationToken)) is var outcome && outcome.Promoted
                ? $"promoted: {outcome.Reason}"
                : $"not promoted: {outcome.Reason}";
        await runs.TransitionAsync(
            run.Run, RunState.Published,
            read => run.RequireOwner(read) with
            {
                Model = published.Version,
                Metrics = model.State.Metrics,
                Promotion = promotion,
                Notes = model.State.Notes,
                Step = model.State.GlobalStep,
                TotalSteps = model.State.MaxSteps,
                BaseModel = model.State.BaseModel,
                Progress = null,
                AttemptOpen = false,
                FailedAttempts = 0,
                FinishedAt = timeProvider.GetUtcNow(),
            },
            cancellationToken);
        log.Published(run.Run, published.Version, promotion);
    }
}

/// <summary>Opens a dataset version.</summary>
internal delegate IPreparedDataset DatasetOpener(DatasetManifest manifest);
