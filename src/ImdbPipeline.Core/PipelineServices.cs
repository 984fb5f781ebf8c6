using ImdbPipeline.Core.Endpoints;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ImdbPipeline.Core;

/// <summary>The wiring of everything in this project; hosts add logging, and a scorer provider from the learning project.</summary>
public static class PipelineServices
{
    public static IServiceCollection AddImdbPipeline(this IServiceCollection services, StorageOptions storage)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => new PipelineStorage(storage));
        services.TryAddSingleton<QueueSender>();

        services.TryAddSingleton<RunStore>();
        services.TryAddSingleton<StartTrainingHandler>();

        services.TryAddSingleton<ModelRegistry>();

        services.TryAddSingleton(new ScoringLimits());
        services.TryAddSingleton<ScorePlanStore>();
        services.TryAddSingleton<ScoredFileAssembler>();
        services.TryAddSingleton<ScoreIncomingHandler>();
        services.TryAddSingleton<ScoreShardHandler>();
        services.TryAddSingleton<ScoreRequestHandler>();

        services.TryAddSingleton<ReconcileHandler>();
        services.TryAddSingleton<PoisonHandler>();
        services.TryAddSingleton<StatusHandler>();

        services.TryAddSingleton<ScoreEndpoint>();
        services.TryAddSingleton<StatusEndpoint>();
        return services;
    }
}
