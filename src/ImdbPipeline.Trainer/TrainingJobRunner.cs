using ImdbPipeline.Core;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Publishing;
using ImdbPipeline.Learning.Training;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Trainer;

/// <summary>Carries out one training job: base model, data set, training, evaluation, publishing, promotion.</summary>
internal sealed class TrainingJobRunner(
    PipelineStorage storage, RunStore runs, IDatasetCatalog datasets, DatasetOpener open, BaseModelResolver baseModels, ModelTraining training,
    ModelPublisher publisher, ModelRegistry registry, TrainerOptions options, TimeProvider clock, ILogger<TrainingJobRunner> log)
{
    /// <summary>As the Functions host's <c>maxDequeueCount</c>.</summary>
    private const int MaxDeliveries = 5;

    /// <summary>Another trainer works on the run: look again later, in case it dies.</summary>
    private static readonly TimeSpan busyDelay = TimeSpan.FromMinutes(1);

    /// <returns>False where the job failed and its message waits for another attempt.</returns>
    public async Task<bool> RunAsync(HeldJob job, CancellationToken cancellationToken)
    {
        RunRecord found;
        try
        {
            found = await FindAsync(job, cancellationToken);
        }
        catch (Exception e) when (e is InputRejectedException or InvalidDataException)
        {
            // No attempt can end in a record that is not there or cannot be read: the poison record tells instead.
            log.UnknownJob(job.MessageId, e.Message);
            await job.PoisonAsync(cancellationToken);
            return false;
        }

        var name = found.Run;
        if (found.State.IsFinal())
        {
            await job.DeleteAsync(cancellationToken);
            return true;
        }

        await using var lease = await RunLease.AcquireAsync(storage, name, clock, cancellationToken);
        if (lease is null)
        {
            log.RunBusy(name);
            await job.ReturnAsync(busyDelay, cancellationToken);
            return true;
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, job.Lost, lease.Lost);
        try
        {
            if (job.Deliveries > MaxDeliveries)
                throw new TimeoutException($"the trainer ended without a word in each of {job.Deliveries - 1} attempts");
            await TrainAsync(name, stopping.Token);
            await job.DeleteAsync(CancellationToken.None);
            return true;
        }
        catch (RunTransitionException e)
        {
            // Another trainer has finished the run, or has it.
            log.RunTaken(name, e);
            await job.ReturnAsync(busyDelay, CancellationToken.None);
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            log.Stopped(name);
            await job.ReturnAsync(TimeSpan.Zero, CancellationToken.None);
            return true;
        }
        catch (InputRejectedException e)
        {
            log.Refused(name, e);
            await FailAsync(name, rejected: true, e.Message);
            await job.DeleteAsync(CancellationToken.None);
            return false;
        }
        catch (Exception e)
        {
            log.Failed(name, job.Deliveries, e);
            if (job.Deliveries < MaxDeliveries)
            {
                await job.ReturnAsync(options.RetryDelay, CancellationToken.None);
                return false;
            }

            await FailAsync(name, rejected: false, $"{e.Message} (attempt {job.Deliveries}, the last)");
            await job.PoisonAsync(CancellationToken.None);
            return false;
        }
    }

    private async Task<RunRecord> FindAsync(HeldJob job, CancellationToken cancellationToken)
    {
        if (!job.IsText)
            throw new InputRejectedException("job-message", "training-jobs message", "Base64 of UTF-8 text", "something else", "Send a retrain message instead of writing one.");
        var name = TrainingJob.Parse(job.Body).Run;
        return await runs.FindAsync(name, cancellationToken) is { } run
            ? run with { Run = name }
            : throw new InputRejectedException("run-unknown", $"run {name}", "a recorded run", "none of that name", "Send a retrain message to start one.");
    }

    private async Task TrainAsync(string name, CancellationToken cancellationToken)
    {
        var run = await runs.TransitionAsync(
            name, RunState.Training,
            read => read with { Attempts = read.Attempts + 1, StartedAt = read.StartedAt ?? clock.GetUtcNow(), Step = 0, TotalSteps = 0, Progress = null }, cancellationToken);
        var manifest = await FindDatasetAsync(name, run.Dataset!, cancellationToken);
        var baseModel = run.BaseModel ?? options.DefaultBaseModel;
        var recipe = Recipe.Resolve(run.Request, DefaultRecipes.For(baseModel, manifest));
        var folder = Path.Combine(Path.GetTempPath(), $"imdb-{name}-{Guid.NewGuid():N}");
        var checkpoints = new RunCheckpoints(storage, run, Path.Combine(folder, "checkpoint"));
        try
        {
            TrainedModel model;
            await using (var recorder = new RunRecorder(storage, runs, run, clock, log))
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, recorder.Superseded);
                var dataset = open(manifest);
                var auxiliary = new List<IPreparedDataset>();
                foreach (var other in run.AuxiliaryDatasets)
                    auxiliary.Add(open(await FindDatasetAsync(name, other, either.Token)));
                var resolved = await baseModels.ResolveAsync(baseModel, recorder, either.Token);
                model = await Task.Run(
                    () => training.RunAsync(dataset, auxiliary, resolved, recipe, name, Path.Combine(folder, "model"), checkpoints, recorder, either.Token), either.Token);
            }

            await PublishAsync(run, recipe, model, cancellationToken);
            checkpoints.Clear();
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<DatasetManifest> FindDatasetAsync(string run, string dataset, CancellationToken cancellationToken) =>
        await datasets.FindAsync(dataset, cancellationToken)
            ?? throw new InputRejectedException("dataset-unknown", $"run {run}", $"data set {dataset}", "none of that name", "Upload its archive again.");

    private async Task PublishAsync(RunRecord run, Recipe recipe, TrainedModel model, CancellationToken cancellationToken)
    {
        await runs.TransitionAsync(run.Run, RunState.Evaluating, Mine, cancellationToken);
        var published = await publisher.PublishAsync(model, cancellationToken);
        var promotion = recipe.Promote == PromotionMode.Never
            ? "not asked for"
            : (await registry.PromoteAsync(published.Version, run.Run, recipe.Promote == PromotionMode.AboveBaseline, cancellationToken)) is var outcome && outcome.Promoted
                ? $"promoted: {outcome.Reason}"
                : $"not promoted: {outcome.Reason}";
        await runs.TransitionAsync(
            run.Run, RunState.Published,
            read => Mine(read) with
            {
                Model = published.Version,
                Metrics = model.State.Metrics,
                Promotion = promotion,
                Step = model.State.GlobalStep,
                TotalSteps = model.State.MaxSteps,
                BaseModel = model.State.BaseModel,
                Progress = null,
                FinishedAt = clock.GetUtcNow(),
            },
            cancellationToken);
        log.Published(run.Run, published.Version, promotion);

        RunRecord Mine(RunRecord read) =>
            read.Attempts == run.Attempts ? read : throw new RunTransitionException(run.Run, read.State, RunState.Published);
    }

    private async Task FailAsync(string name, bool rejected, string reason)
    {
        try
        {
            var state = rejected && await runs.FindAsync(name, CancellationToken.None) is { State: not RunState.Evaluating } ? RunState.Rejected : RunState.Failed;
            await runs.TransitionAsync(name, state, read => read with { Reason = reason, Progress = null, FinishedAt = clock.GetUtcNow() }, CancellationToken.None);
        }
        catch (RunTransitionException e)
        {
            log.RunTaken(name, e);
        }
    }
}

/// <summary>Opens a committed data set version.</summary>
internal delegate IPreparedDataset DatasetOpener(DatasetManifest manifest);
