using ImdbPipeline.Learning.FineTuning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ImdbPipeline.MiniLm;

/// <summary>Registers <c>minilm</c> as a built-in base model, if the build had its package.</summary>
public static class MiniLmServices
{
    public static IServiceCollection AddMiniLm(this IServiceCollection services)
    {
        if (MiniLmBase.IsAvailable)
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IBaseModel, MiniLmBase>());
        return services;
    }
}
