using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Storage;
using Xunit;

namespace ImdbPipeline.Testing;

/// <summary>
/// A real Azurite on its own ports for the tests of an assembly, started when a test first needs it. Every call of <see cref="NewStorageAsync"/>
/// returns a separate account, so tests may run in parallel. The tests that use it are marked as <see cref="SlowAttribute">slow</see>.
/// </summary>
public sealed partial class AzuriteFixture : IAsyncDisposable
{
    private const int Accounts = 1600;

    // Any key works: the accounts live in memory, are only reachable on loopback, and disappear with the tests.
    private static readonly string Key = Convert.ToBase64String(Encoding.UTF8.GetBytes("only for tests on this very machine"));

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    // Azurite picks the ports, which avoids races. When this process ends, even if it is killed, the closed pipe ends Azurite too.
    private const string LaunchScript =
        "process.stdin.resume(); process.stdin.on('end', () => process.exit(0)); process.argv.splice(1, 0, process.env.AZURITE_SCRIPT); require(process.env.AZURITE_SCRIPT);";

    private readonly Dictionary<string, int> ports = [];
    private readonly Lazy<Task> started;
    private Process? azurite;
    private string? unavailableReason;
    private int usedAccounts;

    // On the thread pool: a test may block while it waits.
    public AzuriteFixture() => started = new Lazy<Task>(() => Task.Run(StartAsync));

    /// <summary>Settings of a fresh, empty storage account. Skips the calling test if Azurite is unavailable.</summary>
    public StorageOptions NewAccount()
    {
        SkipIfUnavailable();
        var account = Interlocked.Increment(ref usedAccounts) - 1;
        if (account >= Accounts)
            throw new InvalidOperationException($"Test accounts: expected at most {Accounts}, found more. Raise {nameof(Accounts)}.");
        var connection = new StringBuilder($"DefaultEndpointsProtocol=http;AccountName={Name(account)};AccountKey={Key};");
        foreach (var (service, port) in ports)
            connection.Append(CultureInfo.InvariantCulture, $"{service}Endpoint=http://127.0.0.1:{port}/{Name(account)};");
        return new StorageOptions { ConnectionString = connection.ToString() };
    }

    /// <summary>A fresh storage account with the pipeline's containers and queues. Skips the calling test if Azurite is unavailable.</summary>
    public async Task<PipelineStorage> NewStorageAsync(CancellationToken cancellationToken)
    {
        var storage = new PipelineStorage(NewAccount());
        await storage.EnsureCreatedAsync(cancellationToken);
        return storage;
    }

    /// <summary>Skips the calling test if Azurite, or the Node.js that runs it, is unavailable.</summary>
    public void SkipIfUnavailable()
    {
        SlowAttribute.RequireFor("Azurite");
        started.Value.GetAwaiter().GetResult();
        if (unavailableReason is not null)
            Assert.Skip(unavailableReason);
    }

    public async ValueTask DisposeAsync()
    {
        if (started.IsValueCreated)
            await started.Value.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await StopAsync();
    }

    private static string Name(int account) => $"test{account:0000}";

    private async Task StartAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(6));
        (var script, unavailableReason) = await AzuriteInstallation.EnsureAsync(deadline.Token);
        if (script is null)
            return;

        var start = new ProcessStartInfo("node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "-e", LaunchScript, "--", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent",
            "--blobHost", "127.0.0.1", "--blobPort", "0", "--queueHost", "127.0.0.1", "--queuePort", "0", "--tableHost", "127.0.0.1", "--tablePort", "0",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["AZURITE_SCRIPT"] = script;
        start.Environment["AZURITE_ACCOUNTS"] = string.Join(';', Enumerable.Range(0, Accounts).Select(account => $"{Name(account)}:{Key}"));

        azurite = new Process { StartInfo = start };
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new StringBuilder();
        azurite.OutputDataReceived += (_, line) => OnOutput(line.Data);
        azurite.ErrorDataReceived += (_, line) => OnOutput(line.Data);
        azurite.Start();
        azurite.BeginOutputReadLine();
        azurite.BeginErrorReadLine();

        var exited = azurite.WaitForExitAsync(deadline.Token);
        if (await Task.WhenAny(listening.Task, exited, Task.Delay(StartTimeout, deadline.Token)) != listening.Task)
        {
            await StopAsync();
            throw new InvalidOperationException($"Azurite did not start listening: {output}");
        }

        void OnOutput(string? line)
        {
            lock (ports)
            {
                output.AppendLine(line);
                if (line is null || ListeningLine().Match(line) is not { Success: true } match)
                    return;
                ports[match.Groups["service"].Value] = int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture);
                if (ports.Count == 3)
                    listening.TrySetResult();
            }
        }
    }

    private async Task StopAsync()
    {
        if (azurite is null)
            return;
        if (!azurite.HasExited)
            azurite.Kill();
        await azurite.WaitForExitAsync();
        azurite.Dispose();
        azurite = null;
    }

    [GeneratedRegex(@"Azurite (?<service>Blob|Queue|Table) service .*listen.*http://127\.0\.0\.1:(?<port>\d+)")]
    private static partial Regex ListeningLine();
}
