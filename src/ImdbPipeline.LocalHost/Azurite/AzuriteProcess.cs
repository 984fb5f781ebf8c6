using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ImdbPipeline.Core;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Azurite;

/// <summary>A running Azurite that ends with this object, or with this process, however it ends.</summary>
public sealed partial class AzuriteProcess : IAsyncDisposable
{
    // Account and key of every storage emulator, published in its documentation.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // Azurite writes its data down when told to shut down, and only then. The closed pipe tells it on every operating system,
    // even when this process was killed. Ctrl+C reaches the whole terminal's group; storage must outlive the trainer's last
    // checkpoint, so Azurite does not hear it.
    private const string Launch =
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
                    "-e", Launch, "--", script, .. storage, "--skipApiVersionCheck", "--disableTelemetry", "--silent",
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

    /// <summary>Reaches this Azurite with the storage SDK.</summary>
    public string ConnectionString =>
        string.Concat(
            ports.Select(port => $"{port.Key}Endpoint=http://127.0.0.1:{port.Value}/{Account};")
                .Prepend($"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"));

    public StorageOptions Storage => new() { ConnectionString = ConnectionString };

    /// <summary>Of the <c>node</c> process.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Starts Azurite and returns when it answers.</summary>
    /// <exception cref="InputRejectedException">Node.js is missing, or a port is taken.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public static async Task<AzuriteProcess> StartAsync(AzuriteOptions options, ILogger log, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.StartTimeout);
        try
        {
            log.AzuriteStarting(AzuritePackage.Version);
            var script = await AzuritePackage.LocateAsync(options.Npx, deadline.Token);
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
                $"Storage emulator: expected Azurite to answer within {options.StartTimeout}, found it silent. Run 'npx azurite@{AzuritePackage.Version}' to see why.");
        }
    }

    /// <summary>Has Azurite write its data down and end.</summary>
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
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Start();
        ProcessId = process.Id;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        var ended = process.WaitForExitAsync(cancellationToken);
        if (await Task.WhenAny(listening.Task, ended) == listening.Task)
            return;
        await ended;
        throw new InputRejectedException(
            "azurite-failed", "storage emulator", "Azurite to listen", Said(),
            "If an address is in use, stop what listens there; otherwise correct what Azurite says.");
    }

    private string Said()
    {
        lock (output)
            return output.ToString().Trim();
    }

    private void Hear(string? line)
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
