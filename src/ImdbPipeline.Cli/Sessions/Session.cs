using System.Text.Json;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning;
using ImdbPipeline.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace ImdbPipeline.Cli.Sessions;

/// <summary>One invocation of a command: its terminal, global options and pipeline services.</summary>
public sealed class Session(Terminal terminal, bool json, bool verbose, string? storage) : IAsyncDisposable
{
    private ServiceProvider? services;
    private bool isConnected;

    /// <summary>The user and machine that records name for what people do.</summary>
    public static string User => $"{Environment.UserName}@{Environment.MachineName}";

    public Terminal Terminal => terminal;

    public bool Json => json;

    public bool Verbose => verbose;

    /// <summary>What goes on after the command was cancelled, and how to follow or stop it; null for nothing.</summary>
    public string? AfterCancel { get; set; }

    /// <summary>The storage account to use.</summary>
    /// <exception cref="CommandFailedException">The option or the settings are invalid.</exception>
    public StorageOptions Storage => StorageAccount.Find(storage, terminal.Settings);

    /// <summary>Limits of the archives that the command reads.</summary>
    /// <exception cref="InputRejectedException">A setting is invalid.</exception>
    public ArchiveLimits ArchiveLimits => terminal.Settings.Read<IngestOptions>().Limits;

    /// <summary>The pipeline's services; accessing them does not contact storage.</summary>
    public IServiceProvider Services => services ??= Build();

    /// <summary>Checks once that storage answers, and creates missing containers and queues.</summary>
    /// <exception cref="CommandFailedException">Storage does not answer.</exception>
    public async Task<IServiceProvider> ConnectAsync(CancellationToken cancellationToken)
    {
        if (isConnected)
            return Services;
        await StorageAccount.ProbeAsync(Storage, cancellationToken);
        await Services.GetRequiredService<PipelineStorage>().EnsureCreatedAsync(cancellationToken);
        isConnected = true;
        return Services;
    }

    /// <summary>Starts a progress line; silent with <c>--json</c>.</summary>
    public ProgressLine Progress(string task, long? total, Func<long, string> amount, long alreadyDone = 0) =>
        new(terminal, task, total, amount, silent: json, alreadyDone);

    /// <summary>Prints a note to the error stream; silent with <c>--json</c>.</summary>
    public void Note(string line)
    {
        if (!json)
            terminal.Error.WriteLine(line);
    }

    /// <summary>Prints a result to the output stream; silent with <c>--json</c>.</summary>
    public void Say(string line)
    {
        if (!json)
            terminal.Output.WriteLine(line);
    }

    /// <summary>Prints a command's result: as JSON, or as its page.</summary>
    /// <returns>The command's exit code.</returns>
    public ExitCode Print<T>(T document, Action<IAnsiConsole> show)
    {
        ArgumentNullException.ThrowIfNull(show);
        if (json)
            PrintJson(document);
        else
            show(terminal.Page);
        return ExitCode.Ok;
    }

    /// <summary>Prints what could not be read as errors.</summary>
    /// <returns>The command's exit code.</returns>
    public ExitCode Report(IReadOnlyCollection<string> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        foreach (var problem in problems)
            terminal.WriteError(problem);
        return problems.Count > 0 ? ExitCode.Failed : ExitCode.Ok;
    }

    /// <summary>Prints the command's JSON document to the output stream.</summary>
    public void PrintJson<T>(T document) => terminal.Output.WriteLine(JsonSerializer.Serialize(document, PipelineJson.Record));

    public async ValueTask DisposeAsync()
    {
        if (services is not null)
            await services.DisposeAsync();
    }

    private ServiceProvider Build()
    {
        var collection = new ServiceCollection();
        collection.AddSingleton(terminal.TimeProvider);
        collection.AddSingleton(terminal.Settings);
        collection.AddPipelineTelemetry("imdb", terminal.Settings);
        collection.AddLogging(logging => logging.SetMinimumLevel(verbose ? LogLevel.Information : LogLevel.Warning)
            .AddProvider(new TerminalLog(terminal, verbose)));
        collection.AddImdbPipeline(Storage);
        collection.AddLearning();
        var provider = collection.BuildServiceProvider();
        provider.StartTelemetry();
        return provider;
    }
}
