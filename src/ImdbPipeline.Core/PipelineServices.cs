using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Endpoints;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ImdbPipeline.Core;

/// <summary>Registers this project's services; hosts add logging, and a scorer provider from the learning project.</summary>
public static class PipelineServices
{
    /// <summary>Adds all services that are not registered yet.</summary>
    /// <remarks>
    /// The host registers its settings as <c>IConfiguration</c>. To override <see cref="IngestOptions"/>, <see cref="ScoringLimits"/>
    /// or <see cref="ReconcileTiming"/>, register them first.
    /// </remarks>
    public static IServiceCollection AddImdbPipeline(this IServiceCollection services, StorageOptions storage)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StorageAvailability>();
        services.TryAddSingleton(provider => new PipelineStorage(storage, provider.GetRequiredService<StorageAvailability>()));
        services.TryAddSingleton<QueueSender>();

        services.TryAddSingleton<TaskStore>();
        services.TryAddSingleton<DatasetStore>();
        services.TryAddSingleton<IDatasetCatalog>(provider => provider.GetRequiredService<DatasetStore>());
        services.AddSettings<IngestOptions>();
        services.TryAddSingleton<IngestDatasetHandler>();
        services.TryAddSingleton<IngestArchive>(provider => provider.GetRequiredService<IngestDatasetHandler>().HandleAsync);

        services.TryAddSingleton<RunStore>();
        services.TryAddSingleton<StartTrainingHandler>();

        services.AddSettings<PromotionOptions>();
        services.TryAddSingleton<ModelRegistry>();

        services.TryAddSingleton(new ScoringLimits());
        services.TryAddSingleton<ScorePlanStore>();
        services.TryAddSingleton<ScoredFileAssembler>();
        services.TryAddSingleton<ScoreIncomingHandler>();
        services.TryAddSingleton<ScoreShardHandler>();
        services.TryAddSingleton<ScoreRequestHandler>();
        services.TryAddSingleton<UploadHandler>();

        services.TryAddSingleton(new ReconcileTiming());
        services.TryAddSingleton<MissedArchives>();
        services.TryAddSingleton<MissedIncoming>();
        services.TryAddSingleton<StalledPlans>();
        services.TryAddSingleton<StalledRuns>();
        services.TryAddSingleton<ReconcileHandler>();
        services.TryAddSingleton<PoisonedTraining>();
        services.TryAddSingleton<PoisonedScoring>();
        services.TryAddSingleton<PoisonedUpload>();
        services.TryAddSingleton<PoisonHandler>();
        services.TryAddSingleton<HostStore>();
        services.TryAddSingleton<ReplayHandler>();
        services.TryAddSingleton(provider => PromptStatus(provider, provider.GetRequiredService<PipelineStorage>().Prompt));

        services.TryAddSingleton<ScoreEndpoint>();
        services.TryAddSingleton<StatusEndpoint>();
        return services;
    }

    // Someone waits for the status, so it does not wait for an outage to end.
    private static StatusHandler PromptStatus(IServiceProvider provider, PipelineStorage storage)
    {
        var timeProvider = provider.GetRequiredService<TimeProvider>();
        return new StatusHandler(
            storage, new TaskStore(storage, timeProvider), new DatasetStore(storage), new RunStore(storage), ActivatorUtilities.CreateInstance<ModelRegistry>(provider, storage),
            new UploadStatus(storage, new ScorePlanStore(storage, timeProvider)), new HostStore(storage, timeProvider), timeProvider);
    }
}
