using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.LocalHost.Blobs;
using ImdbPipeline.LocalHost.Operations;
using ImdbPipeline.LocalHost.Queues;
using ImdbPipeline.LocalHost.Trainers;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost;

/// <summary>Connects triggers to handlers: the same triggers as in the Functions app, with the same names.</summary>
internal static class Triggers
{
    public static void AddTriggers(this IServiceCollection services, LocalHostOptions options, StorageOptions storage)
    {
        services.AddBlobTrigger(options.Blobs, provider => new BlobTrigger(
            "IngestDataset", StorageLayout.Datasets, Upload(provider, StorageLayout.Datasets),
            async (archive, etag, token) => await provider.GetRequiredService<PipelineStorage>().FindArchiveRecordAsync(archive, etag, token) is not null));
        services.AddBlobTrigger(options.Blobs, provider => new BlobTrigger(
            "ScoreIncoming", StorageLayout.Incoming, Upload(provider, StorageLayout.Incoming), provider.GetRequiredService<ScorePlanStore>().IsHandledAsync));

        services.AddQueueTrigger(options.Queues, StorageLayout.RetrainQueue, provider => provider.GetRequiredService<StartTrainingHandler>().HandleAsync);
        services.AddQueueTrigger(options.Queues, StorageLayout.ScoringShardsQueue, provider => BodyOnly(provider.GetRequiredService<ScoreShardHandler>().HandleAsync));
        services.AddQueueTrigger(options.Queues, StorageLayout.BlobEventsQueue, provider => BodyOnly(provider.GetRequiredService<UploadHandler>().HandleAsync));
        foreach (var queue in StorageLayout.Queues.Where(name => name.EndsWith(StorageLayout.PoisonSuffix, StringComparison.Ordinal)))
            services.AddQueueTrigger(options.Queues, queue, provider =>
            {
                var handler = provider.GetRequiredService<PoisonHandler>();
                return (message, cancellationToken) => handler.HandleAsync(queue, message, cancellationToken);
            });

        services.AddService(provider => new ReconcileTimer(
            provider.GetRequiredService<ReconcileHandler>(), options.ReconcileInterval, provider.GetRequiredService<TimeProvider>(), Logger<ReconcileTimer>(provider)));
        services.AddSingleton<HostProblems>();
        services.AddService(provider => new Heartbeat(
            provider.GetRequiredService<HostStore>(), provider.GetRequiredService<HostProblems>(), () => FindAddress(provider), provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<TimeProvider>(), Logger<Heartbeat>(provider)));
        if (options.Trainer is { } trainer)
            services.AddService(provider => new TrainerLauncher(
                provider.GetRequiredService<PipelineStorage>(), trainer with { Environment = TrainerEnvironment(options, storage, trainer) },
                provider.GetRequiredService<TimeProvider>(), Logger<TrainerLauncher>(provider)));
    }

    private static void AddBlobTrigger(this IServiceCollection services, BlobTriggerOptions options, Func<IServiceProvider, BlobTrigger> trigger) =>
        services.AddService(provider => new BlobTriggerPoller(
            provider.GetRequiredService<PipelineStorage>(), trigger(provider), options, provider.GetRequiredService<HostProblems>(), provider.GetRequiredService<TimeProvider>(), Logger<BlobTriggerPoller>(provider)));

    private static void AddQueueTrigger(
        this IServiceCollection services, QueuePumpOptions options, string queue, Func<IServiceProvider, Func<QueueDelivery, CancellationToken, Task>> handle) =>
        services.AddService(provider => new QueuePump(
            provider.GetRequiredService<PipelineStorage>(), queue, handle(provider), options, provider.GetRequiredService<TimeProvider>(), Logger<QueuePump>(provider)));

    private static Func<string, CancellationToken, Task> Upload(IServiceProvider provider, string container)
    {
        var handler = provider.GetRequiredService<UploadHandler>();
        return (blob, cancellationToken) => handler.HandleAsync(container, blob, cancellationToken);
    }

    private static Func<QueueDelivery, CancellationToken, Task> BodyOnly(Func<string, CancellationToken, Task> handle) =>
        (message, cancellationToken) => handle(message.Body, cancellationToken);

    // AddHostedService registers only one service per type; here one type serves several triggers.
    private static void AddService(this IServiceCollection services, Func<IServiceProvider, IHostedService> service) => services.AddSingleton(service);

    private static Uri? FindAddress(IServiceProvider provider) =>
        provider.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address ? new Uri(address) : null;

    private static ILogger<T> Logger<T>(IServiceProvider provider) => provider.GetRequiredService<ILogger<T>>();

    private static Dictionary<string, string> TrainerEnvironment(LocalHostOptions options, StorageOptions storage, TrainerProcessOptions trainer)
    {
        var environment = new Dictionary<string, string>(options.Settings);
        if (storage.ConnectionString is { } connectionString)
            environment[StorageOptions.Setting] = connectionString;
        foreach (var (name, value) in trainer.Environment)
            environment[name] = value;
        return environment;
    }
}
