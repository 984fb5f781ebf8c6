using ImdbPipeline.Core;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning;
using ImdbPipeline.LocalHost.Azurite;
using ImdbPipeline.LocalHost.Http;
using ImdbPipeline.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost;

/// <summary>
/// The whole pipeline on one machine: the handlers of the Functions app on the same containers and queues, the trainer as a
/// child process, the HTTP endpoints, and Azurite if no storage emulator is running.
/// </summary>
public sealed class PipelineHost : IAsyncDisposable
{
    // Added to the trainer's stop timeout.
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(10);

    private readonly WebApplication app;
    private readonly AzuriteSupervisor? azurite;
    private readonly ILoggerFactory logging;

    private PipelineHost(WebApplication app, AzuriteSupervisor? azurite, ILoggerFactory logging, StorageOptions storage)
    {
        this.app = app;
        this.logging = logging;
        this.azurite = azurite;
        StorageOptions = storage;
    }

    /// <summary>The Azurite that this host started; null if the storage was there already.</summary>
    public AzuriteOptions? Azurite => azurite?.Options;

    /// <summary>Connection settings of the storage in use.</summary>
    public StorageOptions StorageOptions { get; }

    public PipelineStorage Storage => app.Services.GetRequiredService<PipelineStorage>();

    public IServiceProvider Services => app.Services;

    /// <summary>Where the endpoints listen, with the actual port.</summary>
    public Uri Address => new(app.Urls.First());

    /// <summary>Starts everything and returns when containers, queues and endpoints are ready.</summary>
    /// <exception cref="InputRejectedException">A port is in use, or Azurite must be started and Node.js is missing.</exception>
    public static async Task<PipelineHost> StartAsync(LocalHostOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var logging = LoggerFactory.Create(builder => ConfigureLogging(builder, options));
        var azurite = await StartAzuriteAsync(options, logging.CreateLogger<AzuriteProcess>(), cancellationToken);
        var storage = azurite?.Storage ?? options.Storage;
        WebApplication? app = null;
        try
        {
            app = Build(options, storage);
            if (azurite is not null)
                azurite.Restarted = app.Services.GetRequiredService<PipelineStorage>().EnsureCreatedAsync;
            await app.StartAsync(cancellationToken);
            var host = new PipelineHost(app, azurite, logging, storage);
            app.Services.GetRequiredService<ILogger<PipelineHost>>().Hosting(host.Address);
            return host;
        }
        catch (Exception e)
        {
            if (app is not null)
                await app.DisposeAsync();
            if (azurite is not null)
                await azurite.DisposeAsync();
            logging.Dispose();
            if (e is IOException { InnerException: AddressInUseException })
                throw new InputRejectedException(
                    ErrorRules.PortTaken, $"address {options.Address}", "a free port for the HTTP endpoints", "another program listening there",
                    "Stop that program, which may be another 'imdb up', or choose another port with --port.", e);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        if (azurite is not null)
            await azurite.DisposeAsync();
        logging.Dispose();
    }

    private static async Task<AzuriteSupervisor?> StartAzuriteAsync(LocalHostOptions options, ILogger log, CancellationToken cancellationToken) =>
        options.Azurite is { } azurite
        && options.Storage.ConnectionString == StorageOptions.Development
        && !await DevelopmentStorage.IsRunningAsync(azurite.BlobPort, azurite.QueuePort, cancellationToken)
            ? await AzuriteSupervisor.StartAsync(azurite, TimeProvider.System, log, cancellationToken)
            : null;

    private static WebApplication Build(LocalHostOptions options, StorageOptions storage)
    {
        // Settings come only from the environment and the options, never from files in the current folder.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddEnvironmentVariables().AddInMemoryCollection(options.Settings!);
        ConfigureLogging(builder.Logging, options);
        builder.Services.AddPipelineTelemetry("imdb-host", builder.Configuration);
        builder.WebHost.UseKestrelCore().UseUrls(options.Address.ToString());
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host =>
        {
            host.ServicesStopConcurrently = true;
            host.ShutdownTimeout = (options.Trainer?.StopTimeout ?? TimeSpan.Zero) + StopMargin;
        });

        // The caller decides when to stop; the default lifetime would handle Ctrl+C and SIGTERM itself.
        builder.Services.AddSingleton<IHostLifetime, CallerLifetime>();
        options.Services?.Invoke(builder.Services);
        builder.Services.AddImdbPipeline(storage);
        builder.Services.AddLearning();
        builder.Services.AddHostedService<StorageSetup>();
        builder.Services.AddTriggers(options with { Queues = builder.Configuration.ApplyTo(options.Queues with { }) }, storage);

        var app = builder.Build();
        app.UseLocalRequestsOnly(options.Address);
        app.UseRouting();
        app.MapPipeline();
        return app;
    }

    private static void ConfigureLogging(ILoggingBuilder builder, LocalHostOptions options)
    {
        builder.AddFilter("Microsoft", LogLevel.Warning);
        builder.AddFilter("Azure", LogLevel.Warning);
        // What it reports is thrown as well.
        builder.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        if (options.Logging is { } configure)
            configure(builder);
        else
            builder.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "));
    }

    private sealed class CallerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
