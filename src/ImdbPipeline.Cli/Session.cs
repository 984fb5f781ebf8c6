using System.Text.Json;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning;
using ImdbPipeline.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Cli;

/// <summary>One call of one command: its terminal, its global options, and the pipeline's services where it asks for them.</summary>
public sealed class Session(Terminal terminal, bool json, bool verbose, string? storage) : IAsyncDisposable
{
    private ServiceProvider? services;

    public Terminal Terminal => terminal;

    public bool Json => json;

    public bool Verbose => verbose;

    /// <summary>Where the storage account is.</summary>
    /// <exception cref="CommandFailedException">The option or the settings name none.</exception>
    public StorageOptions Storage => StorageAccount.Find(storage, terminal.Setting);

    /// <summary>The pipeline's services without storage being asked for anything.</summary>
    public IServiceProvider Services => services ??= Build();

    /// <summary>The pipeline's services over a storage account that answers and has all containers and queues.</summary>
    /// <exception cref="CommandFailedException">It does not answer.</exception>
    public async Task<IServiceProvider> ConnectAsync(CancellationToken cancellationToken)
    {
        await StorageAccount.ProbeAsync(Storage, cancellationToken);
        await Services.GetRequiredService<PipelineStorage>().EnsureCreatedAsync(cancellationToken);
        return Services;
    }

    /// <summary>A progress line; silent with <c>--json</c>.</summary>
    public ProgressLine Progress(string task, long? total, Func<long, string> amount, long alreadyDone = 0) =>
        new(terminal, task, total, amount, silent: json, alreadyDone);

    /// <summary>A remark for people on the error stream; none with <c>--json</c>.</summary>
    public void Note(string line)
    {
        if (!json)
            terminal.Error.WriteLine(line);
    }

    /// <summary>A result for people; none with <c>--json</c>.</summary>
    public void Say(string line)
    {
        if (!json)
            terminal.Output.WriteLine(line);
    }

    /// <summary>The command's one document, where machines read.</summary>
    public void PrintJson<T>(T document) => terminal.Output.WriteLine(JsonSerializer.Serialize(document, PipelineJson.Record));

    public async ValueTask DisposeAsync()
    {
        if (services is not null)
            await services.DisposeAsync();
    }

    private ServiceProvider Build()
    {
        var collection = new ServiceCollection();
        collection.AddSingleton(terminal.Clock);
        collection.AddPipelineTelemetry("imdb", TelemetryOptions.From(terminal.Setting));
        collection.AddLogging(logging => logging.SetMinimumLevel(verbose ? LogLevel.Information : LogLevel.Warning)
            .AddProvider(new TerminalLog(terminal, verbose)));
        collection.AddImdbPipeline(Storage);
        collection.AddLearning();
        var provider = collection.BuildServiceProvider();
        provider.StartTelemetry();
        return provider;
    }
}
