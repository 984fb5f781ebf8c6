using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning.BaseModels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ImdbPipeline.Trainer;

internal static class TrainerServices
{
    /// <summary>Names the base model of requests that name none.</summary>
    private const string BaseModelSetting = "BaseModel";

    public static IServiceCollection AddTrainer(this IServiceCollection services, Func<string, string?> setting)
    {
        services.TryAddSingleton(new TrainerOptions(setting(BaseModelSetting) is { Length: > 0 } name ? name : BaseModel.ScratchMini));
        services.TryAddSingleton<DatasetOpener>(provider => manifest => new BlobDataset(provider.GetRequiredService<PipelineStorage>(), manifest));
        services.TryAddSingleton<TrainingJobRunner>();
        return services;
    }
}

internal sealed record TrainerOptions(string DefaultBaseModel)
{
    /// <summary>How long a failed job waits for its next attempt.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(15);
}
