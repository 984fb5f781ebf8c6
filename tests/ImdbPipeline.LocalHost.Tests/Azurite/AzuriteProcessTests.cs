using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.LocalHost.Azurite;
using ImdbPipeline.Testing;

namespace ImdbPipeline.LocalHost.Tests.Azurite;

public sealed class AzuriteProcessTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly AzuriteOptions AnyPorts = new() { Folder = null, BlobPort = 0, QueuePort = 0, TablePort = 0 };

    private readonly string folder = Path.Combine(Path.GetTempPath(), $"imdb-azurite-{Guid.NewGuid():N}");
    private readonly LogLines log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Stopping_Azurite_ends_its_process()
    {
        azurite.SkipIfUnavailable();
        int processId;
        await using (var process = await AzuriteProcess.StartAsync(AnyPorts, log, Cancellation))
        {
            processId = process.ProcessId;
            await new PipelineStorage(process.Storage).EnsureCreatedAsync(Cancellation);
            Assert.Equal("node", Process.GetProcessById(processId).ProcessName);
        }
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(processId));
    }

    [Fact]
    public async Task An_Azurite_that_was_downloaded_before_starts_without_a_network()
    {
        azurite.SkipIfUnavailable();
        Assert.SkipWhen(OperatingSystem.IsWindows(), "npx is wrapped in a shell script.");
        Directory.CreateDirectory(folder);
        var npx = Path.Combine(folder, "npx-offline");
        // Nothing listens on port 1.
        await File.WriteAllTextAsync(npx, "#!/bin/sh\nexport npm_config_proxy=http://127.0.0.1:1 npm_config_https_proxy=http://127.0.0.1:1\nexec npx \"$@\"\n", Cancellation);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(npx, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await using var process = await AzuriteProcess.StartAsync(AnyPorts with { Npx = npx }, log, Cancellation);

        await new PipelineStorage(process.Storage).EnsureCreatedAsync(Cancellation);
    }

    [Fact]
    public async Task Data_survives_a_restart()
    {
        azurite.SkipIfUnavailable();
        var options = AnyPorts with { Folder = folder };
        await using (var process = await AzuriteProcess.StartAsync(options, log, Cancellation))
        {
            var storage = new PipelineStorage(process.Storage);
            await storage.EnsureCreatedAsync(Cancellation);
            await storage.Models.CreateJsonAsync("kept.json", 42, Cancellation);
            await storage.Queue(StorageLayout.RetrainQueue).SendMessageAsync("{}", Cancellation);
        }

        await using var again = await AzuriteProcess.StartAsync(options, log, Cancellation);
        var kept = new PipelineStorage(again.Storage);
        Assert.Equal(42, (await kept.Models.ReadJsonAsync<int>("kept.json", Cancellation))?.Value);
        Assert.Equal("{}", (await kept.Queue(StorageLayout.RetrainQueue).ReceiveMessageAsync(cancellationToken: Cancellation)).Value?.MessageText);
    }

    [Fact]
    public async Task An_Azurite_that_is_killed_runs_again_on_the_same_ports_with_its_containers()
    {
        azurite.SkipIfUnavailable();
        await using var supervisor = await AzuriteSupervisor.StartAsync(AnyPorts with { Folder = folder }, TimeProvider.System, log, Cancellation);
        var storage = new PipelineStorage(supervisor.Storage);
        var restarts = 0;
        supervisor.Restarted = async token =>
        {
            await storage.EnsureCreatedAsync(token);
            Interlocked.Increment(ref restarts);
        };
        await storage.EnsureCreatedAsync(Cancellation);

        for (var kill = 1; kill <= 2; kill++)
        {
            Process.GetProcessById(supervisor.ProcessId).Kill();
            await Eventually.HoldsAsync("a restart", () => Volatile.Read(ref restarts) == kill);
            Assert.True(await storage.Runs.ExistsAsync(Cancellation));
        }

        Assert.Equal(2, log.Lines.Count(line => line.StartsWith("Azurite exited with code", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_data_folder_is_readable_by_its_owner_only()
    {
        azurite.SkipIfUnavailable();
        await using var process = await AzuriteProcess.StartAsync(AnyPorts with { Folder = Path.Combine(folder, "azurite") }, log, Cancellation);
        foreach (var created in (string[])[folder, Path.Combine(folder, "azurite")])
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(created));
    }

    [Fact]
    public async Task An_error_about_missing_Node_says_what_to_install()
    {
        var rejected = await Assert.ThrowsAsync<InputRejectedException>(
            () => AzuriteProcess.StartAsync(AnyPorts with { Npx = "npx-that-is-not-there" }, log, Cancellation));
        Assert.Equal("azurite-unavailable", rejected.Rule);
        Assert.Contains("Install Node.js", rejected.Message, StringComparison.Ordinal);
        Assert.Contains("npx-that-is-not-there", rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_used_by_another_program_is_not_mistaken_for_an_emulator()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var accepting = AcceptAndCloseAsync(other);
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var rejected = await Assert.ThrowsAsync<InputRejectedException>(() => PipelineHost.StartAsync(
            new LocalHostOptions { Azurite = AnyPorts with { BlobPort = port, QueuePort = port } }, Cancellation));
        Assert.Equal("port-taken", rejected.Rule);
        Assert.Contains($"another program on {port}", rejected.Message, StringComparison.Ordinal);
        other.Stop();
        await accepting;
    }

    private static async Task AcceptAndCloseAsync(TcpListener listener)
    {
        try
        {
            while (true)
                (await listener.AcceptTcpClientAsync(Cancellation)).Close();
        }
        catch (SocketException)
        {
            // The listener was stopped.
        }
    }
}
