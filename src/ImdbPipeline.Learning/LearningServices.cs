using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Scoring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ImdbPipeline.Learning;

/// <summary>Registers this project's services; <c>AddImdbPipeline</c> registers the storage they need.</summary>
public static class LearningServices
{
    public static IServiceCollection AddLearning(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSettings<HubOptions>().AddSettings<ScoringOptions>();
        services.TryAddSingleton(provider =>
        {
            var options = provider.GetRequiredService<HubOptions>();
            return new ModelCache(options.CacheFolder, provider.GetRequiredService<TimeProvider>(), options.CacheBytes);
        });
        services.TryAddSingleton<HubClient>();
        services.TryAddSingleton<HubModels>();
        services.TryAddSingleton<StoredModels>();
        services.TryAddSingleton<ModelLocator>();
        services.TryAddSingleton<TeacherResolver>();
        services.TryAddSingleton<BaseModelResolver>();
        services.TryAddSingleton<ModelTraining>();
        services.TryAddSingleton<ModelPublisher>();
        services.TryAddSingleton<IScorerProvider, ScorerProvider>();
        return services;
    }
}
