using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ImdbPipeline.Trainer;

internal static class TrainerServices
{
    public static IServiceCollection AddTrainer(this IServiceCollection services, Func<string, string?> setting)
    {
        services.TryAddSingleton(TrainerOptions.From(setting));
        services.TryAddSingleton<DatasetOpener>(provider => manifest => new BlobDataset(provider.GetRequiredService<PipelineStorage>(), manifest));
        services.TryAddSingleton<TrainingJobRunner>();
        return services;
    }
}
