using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Azurite;

/// <summary>A running Azurite; it ends with this object or with this process, even if the process is killed.</summary>
public sealed partial class AzuriteProcess : IAsyncDisposable
{
    // The well-known account and key of the storage emulator, from its documentation.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // Azurite saves its data only on shutdown. Closing its stdin triggers the shutdown on every operating system, even when this
    // process is killed. Ctrl+C reaches the whole process group, but storage must outlive the trainer's last checkpoint, so
    // Azurite ignores SIGINT.
    private const string LaunchScript =
        """
        const once = process.once;
        process.once = (event, listener) => event === 'SIGINT' ? process : once.call(process, event, listener);
        process.on('SIGINT', () => {});
        process.stdin.resume().on('end', () => { if (!process.emit('message', 'shutdown')) process.exit(0); });
        require(process.argv[1]);
        """;

    private readonly Process process;
    private readonly TimeSpan stopTimeout;
    private readonly Dictionary<string, int> ports = [];
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AzuriteProcess(AzuriteOptions options, string script)
    {
        stopTimeout = options.StopTimeout;
        string[] storage = options.Folder is { } folder ? ["--location", Path.GetFullPath(folder)] : ["--inMemoryPersistence"];
        process = new Process
        {
            StartInfo = new ProcessStartInfo(
                "node",
                [
                    "-e", LaunchScript, "--", script, .. storage, "--skipApiVersionCheck", "--disableTelemetry", "--silent",
                    "--blobHost", "127.0.0.1", "--blobPort", $"{options.BlobPort}", "--queueHost", "127.0.0.1", "--queuePort", $"{options.QueuePort}",
                    "--tableHost", "127.0.0.1", "--tablePort", $"{options.TablePort}",
                ])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
    }

    /// <summary>Connection string of this Azurite.</summary>
    public string ConnectionString =>
        string.Concat(
            ports.Select(port => $"{port.Key}Endpoint=http://127.0.0.1:{port.Value}/{Account};")
                .Prepend($"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"));

    public StorageOptions Storage => new() { ConnectionString = ConnectionString };

    /// <summary>Process ID of <c>node</c>; 0 before it starts.</summary>
    public int ProcessId { get; private set; }

    /// <returns>The options with the ports that were picked, for a restart.</returns>
    internal AzuriteOptions Pin(AzuriteOptions options) => options with { BlobPort = ports["Blob"], QueuePort = ports["Queue"], TablePort = ports["Table"] };

    /// <returns>The exit code of <c>node</c>.</returns>
    internal async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    /// <summary>Starts Azurite and returns when it is listening.</summary>
    /// <exception cref="InputRejectedException">Node.js is missing, or a port is in use.</exception>
    /// <exception cref="TimeoutException">Azurite did not start in time.</exception>
    public static async Task<AzuriteProcess> StartAsync(AzuriteOptions options, ILogger log, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.StartTimeout);
        try
        {
            log.AzuriteStarting(AzuritePackage.Version);
            var script = await AzuritePackage.LocateAsync(options.Npx, deadline.Token);
            if (options.Folder is { } data)
                PrivateFolder.Create(data);
            var azurite = new AzuriteProcess(options, script);
            try
            {
                await azurite.ListenAsync(deadline.Token);
                log.AzuriteListens(azurite.ports["Blob"], azurite.ports["Queue"], options.Folder is { } folder ? Path.GetFullPath(folder) : "memory");
                return azurite;
            }
            catch
            {
                await azurite.DisposeAsync();
                throw;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"Storage emulator: expected Azurite to listen within {options.StartTimeout}, found no response. Run 'npx azurite@{AzuritePackage.Version}' to see why.");
        }
    }

    /// <summary>Lets Azurite save its data and exit; kills it after the timeout.</summary>
    public async ValueTask DisposeAsync()
    {
        if (ProcessId != 0 && !process.HasExited)
        {
            using var deadline = new CancellationTokenSource(stopTimeout);
            try
            {
                process.StandardInput.Close();
                await process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
        process.Dispose();
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        process.OutputDataReceived += (_, line) => OnOutput(line.Data);
        process.ErrorDataReceived += (_, line) => OnOutput(line.Data);
        process.Start();
        ProcessId = process.Id;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        var exited = process.WaitForExitAsync(cancellationToken);
        if (await Task.WhenAny(listening.Task, exited) == listening.Task)
            return;
        await exited;
        throw new InputRejectedException(
            ErrorRules.AzuriteFailed, "storage emulator", "Azurite to listen", Output(),
            "If an address is in use, stop the program that uses it; otherwise fix what Azurite reports.");
    }

    private string Output()
    {
        lock (output)
            return output.ToString().Trim();
    }

    private void OnOutput(string? line)
    {
        lock (output)
        {
            if (line is null || listening.Task.IsCompleted)
                return;
            output.AppendLine(line);
            if (ListeningLine().Match(line) is not { Success: true } match)
                return;
            ports[match.Groups["service"].Value] = int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture);
            if (ports.Count == 3)
                listening.TrySetResult();
        }
    }

    [GeneratedRegex(@"Azurite (?<service>Blob|Queue|Table) service is successfully listening at http://127\.0\.0\.1:(?<port>\d+)")]
    private static partial Regex ListeningLine();
}
