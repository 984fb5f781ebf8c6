using Microsoft.Extensions.Hosting;

namespace ImdbPipeline.Core.Storage;

/// <summary>Creates the containers and queues before the host starts listening to them.</summary>
public sealed class StorageSetup(PipelineStorage storage) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => storage.EnsureCreatedAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
