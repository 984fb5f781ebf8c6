using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.LocalHost.Blobs;
using ImdbPipeline.LocalHost.Operations;
using ImdbPipeline.LocalHost.Queues;
using ImdbPipeline.LocalHost.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost;

/// <summary>What feeds which handler: the same triggers as in the Functions app, under the same names.</summary>
internal static class Triggers
{
    public static void AddTriggers(this IServiceCollection services, LocalHostOptions options, StorageOptions storage)
    {
        services.AddBlobTrigger(options.Blobs, given => new BlobTrigger(
            "IngestDataset", StorageLayout.Datasets, given.GetRequiredService<IngestDatasetHandler>().HandleAsync, given.GetRequiredService<HandledUploads>().IsIngestedAsync));
        services.AddBlobTrigger(options.Blobs, given => new BlobTrigger(
            "ScoreIncoming", StorageLayout.Incoming, given.GetRequiredService<ScoreIncomingHandler>().HandleAsync, given.GetRequiredService<HandledUploads>().IsPlannedAsync));
        services.AddSingleton<HandledUploads>();

        services.AddQueueTrigger(options.Queues, StorageLayout.RetrainQueue, given => given.GetRequiredService<StartTrainingHandler>().HandleAsync);
        services.AddQueueTrigger(options.Queues, StorageLayout.ScoringShardsQueue, given => OfBody(given.GetRequiredService<ScoreShardHandler>().HandleAsync));
        services.AddQueueTrigger(options.Queues, StorageLayout.BlobEventsQueue, given => OfBody(given.GetRequiredService<UploadHandler>().HandleAsync));
        foreach (var queue in StorageLayout.Queues.Where(name => name.EndsWith(StorageLayout.PoisonSuffix, StringComparison.Ordinal)))
            services.AddQueueTrigger(options.Queues, queue, given =>
            {
                var handler = given.GetRequiredService<PoisonHandler>();
                return (message, cancellationToken) => handler.HandleAsync(queue, message, cancellationToken);
            });

        services.AddService(given => new ReconcileTimer(
            given.GetRequiredService<ReconcileHandler>(), options.ReconcileInterval, given.GetRequiredService<TimeProvider>(), Logger<ReconcileTimer>(given)));
        if (options.Trainer is { } trainer)
            services.AddService(given => new TrainerLauncher(
                given.GetRequiredService<PipelineStorage>(), trainer with { Environment = TrainerEnvironment(options, storage, trainer) },
                given.GetRequiredService<TimeProvider>(), Logger<TrainerLauncher>(given)));
    }

    private static void AddBlobTrigger(this IServiceCollection services, BlobTriggerOptions options, Func<IServiceProvider, BlobTrigger> trigger) =>
        services.AddService(given => new BlobTriggerPoller(
            given.GetRequiredService<PipelineStorage>(), trigger(given), options, given.GetRequiredService<TimeProvider>(), Logger<BlobTriggerPoller>(given)));

    private static void AddQueueTrigger(
        this IServiceCollection services, QueuePumpOptions options, string queue, Func<IServiceProvider, Func<QueueDelivery, CancellationToken, Task>> handle) =>
        services.AddService(given => new QueuePump(
            given.GetRequiredService<PipelineStorage>(), queue, handle(given), options, given.GetRequiredService<TimeProvider>(), Logger<QueuePump>(given)));

    private static Func<QueueDelivery, CancellationToken, Task> OfBody(Func<string, CancellationToken, Task> handle) =>
        (message, cancellationToken) => handle(message.Body, cancellationToken);

    // AddHostedService keeps one service of a type only; here one type serves several triggers.
    private static void AddService(this IServiceCollection services, Func<IServiceProvider, IHostedService> service) => services.AddSingleton(service);

    private static ILogger<T> Logger<T>(IServiceProvider given) => given.GetRequiredService<ILogger<T>>();

    private static Dictionary<string, string> TrainerEnvironment(LocalHostOptions options, StorageOptions storage, TrainerOptions trainer)
    {
        var environment = new Dictionary<string, string>(options.Settings);
        if (storage.ConnectionString is { } connectionString)
            environment[StorageOptions.Setting] = connectionString;
        foreach (var (name, value) in trainer.Environment)
            environment[name] = value;
        return environment;
    }
}
