using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.FineTuning;

namespace ImdbPipeline.Learning.Tests;

/// <summary>Training without a storage account or a hub.</summary>
internal static class TestTraining
{
    public static ModelTraining Create() => new(new TeacherResolver(Models, new BaseModelResolver(Models, [])), TimeProvider.System);

    // No test asks for a model of the hub.
    private static ModelLocator Models { get; } =
        new(new HubModels(new HubClient(new HubOptions(), TimeProvider.System), new ModelCache(Path.GetTempPath(), TimeProvider.System)), stored: null);
}
