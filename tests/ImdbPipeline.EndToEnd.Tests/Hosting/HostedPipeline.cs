using System.Text.Json;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Cli;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.LocalHost;
using ImdbPipeline.LocalHost.Blobs;
using ImdbPipeline.LocalHost.Queues;
using ImdbPipeline.LocalHost.Trainers;
using ImdbPipeline.Testing;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.EndToEnd.Tests.Hosting;

/// <summary>The real local host with shorter intervals, its log, and what <c>imdb status</c> shows.</summary>
internal sealed class HostedPipeline : IAsyncDisposable
{
    private readonly StorageOptions account;
    private readonly PipelineHost host;

    private HostedPipeline(StorageOptions account, PipelineHost host, LogLines log) => (this.account, this.host, Log) = (account, host, log);

    public PipelineStorage Storage => host.Storage;

    public IServiceProvider Services => host.Services;

    public LogLines Log { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<HostedPipeline> StartAsync(StorageOptions account, bool withTrainer, TimeSpan? reconcileInterval = null)
    {
        var log = new LogLines();
        var host = await PipelineHost.StartAsync(
            new LocalHostOptions
            {
                Storage = account,
                Address = new Uri("http://127.0.0.1:0"),
                Queues = new QueuePumpOptions { RetryDelay = TimeSpan.Zero, MaxPollingInterval = TimeSpan.FromMilliseconds(200) },
                Blobs = new BlobTriggerOptions { PollingInterval = TimeSpan.FromMilliseconds(100), RetryDelay = TimeSpan.FromMilliseconds(1) },
                Trainer = withTrainer ? new TrainerProcessOptions { PollingInterval = TimeSpan.FromMilliseconds(50), RetryDelay = TimeSpan.FromMilliseconds(1) } : null,
                Settings = new Dictionary<string, string> { ["BaseModel"] = "scratch-mini" },
                ReconcileInterval = reconcileInterval ?? TimeSpan.FromMinutes(1),
                Logging = logging => logging.ClearProviders().AddProvider(new LogLinesProvider(log)),
            },
            Cancellation);
        return new HostedPipeline(account, host, log);
    }

    /// <summary>Waits until there are at least this many poison records.</summary>
    public Task<List<PoisonRecord>> WaitForPoisonRecordsAsync(int count) =>
        Eventually.FindAsync($"{count} poison records", async () => await PoisonRecordsAsync() is var records && records.Count >= count ? records : null);

    /// <summary>What <c>imdb status --json</c> prints.</summary>
    public async Task<JsonElement> StatusAsync() => JsonDocument.Parse(await RunAsync("status", "--json")).RootElement;

    /// <summary>What <c>imdb status</c> prints.</summary>
    public Task<string> StatusPageAsync() => RunAsync("status");

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private async Task<List<PoisonRecord>> PoisonRecordsAsync()
    {
        var records = new List<PoisonRecord>();
        await foreach (var blob in Storage.Runs.GetBlobsAsync(new GetBlobsOptions { Prefix = StorageLayout.PoisonRecords }, Cancellation))
            records.Add((await Storage.Runs.ReadJsonAsync<PoisonRecord>(blob.Name, Cancellation))!.Value.Value);
        return records;
    }

    private async Task<string> RunAsync(params string[] args)
    {
        using StringWriter output = new(), error = new();
        var terminal = new Terminal(TextReader.Null, output, error, outputIsTerminal: false, errorIsTerminal: false, TestSettings.None, TimeProvider.System);
        Assert.Equal(ExitCode.Ok, await CommandLine.RunAsync([.. args, "--storage", account.ConnectionString!], terminal, Cancellation));
        return output.ToString();
    }
}
