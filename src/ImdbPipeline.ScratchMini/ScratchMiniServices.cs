using ImdbPipeline.Learning.FineTuning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ImdbPipeline.ScratchMini;

/// <summary>Registers <c>scratch-mini</c> as a built-in base model.</summary>
public static class ScratchMiniServices
{
    public static IServiceCollection AddScratchMini(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBaseModel, ScratchMiniBase>());
        return services;
    }
}
