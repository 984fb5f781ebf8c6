using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ImdbPipeline.Trainer;

internal static class TrainerServices
{
    public static IServiceCollection AddTrainer(this IServiceCollection services)
    {
        services.AddSettings<TrainerOptions>();
        services.TryAddSingleton<DatasetOpener>(provider => manifest => new BlobDataset(provider.GetRequiredService<PipelineStorage>(), manifest));
        services.TryAddSingleton<RunAttempts>();
        services.TryAddSingleton<RunExecution>();
        services.TryAddSingleton<TrainingJobRunner>();
        return services;
    }
}
