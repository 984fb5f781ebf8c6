using System.Diagnostics;
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

/// <summary>Processes one training job: resolves the base model and datasets, trains, evaluates, publishes and promotes.</summary>
internal sealed class TrainingJobRunner(
    PipelineStorage storage, RunStore runs, IDatasetCatalog datasets, DatasetOpener open, BaseModelResolver baseModels, ModelTraining training,
    ModelPublisher publisher, ModelRegistry registry, TrainerOptions options, TimeProvider timeProvider, ILogger<TrainingJobRunner> log)
{
    /// <summary>Same as <c>maxDequeueCount</c> of the Functions host.</summary>
    private const int MaxDequeueCount = 5;

    public Task<JobOutcome> RunAsync(HeldJob job, CancellationToken cancellationToken) =>
        Stage.RunAsync("Train", TraceContext.OfMessage(job.Body, job.MessageId), async span =>
        {
            var outcome = await ProcessAsync(job, span, cancellationToken);
            span.SetTag("imdb.job.outcome", outcome.ToString().ToLowerInvariant());
            if (outcome == JobOutcome.Failed)
                span.SetStatus(ActivityStatusCode.Error);
            return outcome;
        });

    private async Task<JobOutcome> ProcessAsync(HeldJob job, Activity span, CancellationToken cancellationToken)
    {
        RunRecord found;
        try
        {
            found = await FindAsync(job, cancellationToken);
        }
        catch (Exception e) when (e is InputRejectedException or InvalidDataException)
        {
            // Retrying cannot help without a readable run record, so the reason is recorded for the poison message instead.
            log.UnknownJob(job.MessageId, e.Message);
            await job.PoisonAsync(cancellationToken);
            return JobOutcome.Failed;
        }

        var name = found.Run;
        span.SetTag("imdb.run", name).SetTag("imdb.dataset", found.Dataset).SetTag("imdb.delivery", job.DequeueCount);
        if (found.State.IsFinal())
        {
            // Left behind by a trainer that died between publishing and cleaning up.
            new RunCheckpoints(storage, found, "").Clear();
            await job.DeleteAsync(cancellationToken);
            return JobOutcome.Ended;
        }

        await using var lease = await RunLease.AcquireAsync(storage, name, options.Lease, timeProvider, cancellationToken);
        if (lease is null)
        {
            log.RunBusy(name);
            // Check again later, in case the other trainer dies.
            await job.ReturnAsync(options.Lease, cancellationToken);
            return JobOutcome.Ended;
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, job.Lost, lease.Lost);
        try
        {
            if (job.DequeueCount > MaxDequeueCount)
                throw new TimeoutException($"the trainer crashed without reporting an error, {job.DequeueCount - 1} times");
            await TrainAsync(name, lease, stopping.Token);
            await job.DeleteAsync(CancellationToken.None);
            return JobOutcome.Ended;
        }
        catch (Exception e) when (e is RunTransitionException or RunTakenOverException || (e is OperationCanceledException && (lease.Lost.IsCancellationRequested || job.Lost.IsCancellationRequested)))
        {
            // The other trainer continues from whatever is already committed.
            return await AbandonAsync(job, name, e);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            log.Stopped(name);
            await job.ReturnAsync(TimeSpan.Zero, CancellationToken.None);
            return JobOutcome.Ended;
        }
        catch (InputRejectedException e)
        {
            log.RunRejected(name, e);
            if (!await FailAsync(name, lease, rejected: true, e.Message))
                return await AbandonAsync(job, name, e);
            await job.DeleteAsync(CancellationToken.None);
            return JobOutcome.Failed;
        }
        catch (Exception e)
        {
            log.Failed(name, job.DequeueCount, e);
            if (job.DequeueCount < MaxDequeueCount)
            {
                await job.ReturnAsync(options.RetryDelay, CancellationToken.None);
                return JobOutcome.Failed;
            }

            if (!await FailAsync(name, lease, rejected: false, job.DequeueCount > MaxDequeueCount ? e.Message : $"{e.Message} (attempt {job.DequeueCount}, the last)"))
                return await AbandonAsync(job, name, e);
            await job.PoisonAsync(CancellationToken.None);
            return JobOutcome.Failed;
        }
    }

    private async Task<JobOutcome> AbandonAsync(HeldJob job, string run, Exception cause)
    {
        log.RunTaken(run, cause as RunTakenOverException ?? new RunTakenOverException(run, cause));
        await job.ReturnAsync(options.Lease, CancellationToken.None);
        return JobOutcome.Taken;
    }

    private async Task<RunRecord> FindAsync(HeldJob job, CancellationToken cancellationToken)
    {
        var name = TrainingJob.Parse(job.Body).Run;
        return await runs.FindAsync(name, cancellationToken) is { } run
            ? run with { Run = name }
            : throw new InputRejectedException(ErrorRules.RunUnknown, $"run {name}", "an existing run", "none of that name", "Send a retrain message to start one.");
    }

    private async Task TrainAsync(string name, RunLease lease, CancellationToken cancellationToken)
    {
        var run = await runs.TransitionAsync(
            name, RunState.Training,
            read => read with { Attempts = read.Attempts + 1, StartedAt = read.StartedAt ?? timeProvider.GetUtcNow(), Step = 0, TotalSteps = 0, Progress = null }, cancellationToken);
        var manifest = await FindDatasetAsync(name, run.Dataset!, cancellationToken);
        var baseModel = run.BaseModel ?? options.DefaultBaseModel ?? baseModels.Default;
        var recipe = Recipe.Resolve(run.Request, baseModels.DefaultRecipe(baseModel, manifest, run.Request.Teacher));
        using var scratch = TempPath.CreateInTempFolder("imdb-run");
        var checkpoints = new RunCheckpoints(storage, run, Path.Combine(scratch.Path, "checkpoint"));
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

        await Stage.RunAsync("PublishModel", _ => PublishAsync(run, lease, recipe, model, cancellationToken));
        checkpoints.Clear();
    }

    private async Task<DatasetManifest> FindDatasetAsync(string run, string dataset, CancellationToken cancellationToken) =>
        await datasets.FindAsync(dataset, cancellationToken)
            ?? throw new InputRejectedException(ErrorRules.DatasetUnknown, $"run {run}", $"dataset {dataset}", "no dataset of that name", "Upload its archive again.");

    private async Task PublishAsync(RunRecord run, RunLease lease, Recipe recipe, TrainedModel model, CancellationToken cancellationToken)
    {
        await runs.TransitionAsync(run.Run, RunState.Evaluating, CheckOwner, cancellationToken);
        await lease.ConfirmAsync(cancellationToken);
        var published = await publisher.PublishAsync(model, cancellationToken);
        await lease.ConfirmAsync(cancellationToken);
        var promotion = recipe.Promote == PromotionMode.Never
            ? "not requested"
            : (await registry.PromoteAsync(published.Version, run.Run, recipe.Promote == PromotionMode.AboveBaseline, cancellationToken)) is var outcome && outcome.Promoted
                ? $"promoted: {outcome.Reason}"
                : $"not promoted: {outcome.Reason}";
        await runs.TransitionAsync(
            run.Run, RunState.Published,
            read => CheckOwner(read) with
            {
                Model = published.Version,
                Metrics = model.State.Metrics,
                Promotion = promotion,
                Notes = model.State.Notes,
                Step = model.State.GlobalStep,
                TotalSteps = model.State.MaxSteps,
                BaseModel = model.State.BaseModel,
                Progress = null,
                FinishedAt = timeProvider.GetUtcNow(),
            },
            cancellationToken);
        log.Published(run.Run, published.Version, promotion);

        RunRecord CheckOwner(RunRecord read) =>
            read.Attempts == run.Attempts ? read : throw new RunTakenOverException(run.Run);
    }

    /// <returns>False if another trainer has the run, so that its state was not changed.</returns>
    private async Task<bool> FailAsync(string name, RunLease lease, bool rejected, string reason)
    {
        try
        {
            await lease.ConfirmAsync(CancellationToken.None);
            var state = rejected && await runs.FindAsync(name, CancellationToken.None) is { State: not RunState.Evaluating } ? RunState.Rejected : RunState.Failed;
            await runs.TransitionAsync(name, state, read => read with { Reason = reason, Progress = null, FinishedAt = timeProvider.GetUtcNow() }, CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is RunTransitionException or RunTakenOverException)
        {
            return false;
        }
    }
}

/// <summary>Opens a dataset version.</summary>
internal delegate IPreparedDataset DatasetOpener(DatasetManifest manifest);
