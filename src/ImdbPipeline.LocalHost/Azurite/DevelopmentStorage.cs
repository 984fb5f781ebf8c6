using System.Net.Sockets;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.LocalHost.Azurite;

/// <summary>Checks whether a storage emulator listens on the ports of <c>UseDevelopmentStorage=true</c>.</summary>
internal static class DevelopmentStorage
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);

    private enum Listener
    {
        None,
        Emulator,
        Other,
    }

    /// <returns>True if an emulator answers on both ports, false if both ports are free.</returns>
    /// <exception cref="InputRejectedException">Another program uses a port, or only one port has an emulator.</exception>
    public static async Task<bool> IsRunningAsync(int blobPort, int queuePort, CancellationToken cancellationToken)
    {
        var blobs = await ProbeAsync(blobPort, cancellationToken);
        var queues = await ProbeAsync(queuePort, cancellationToken);
        return (blobs, queues) switch
        {
            (Listener.Emulator, Listener.Emulator) => true,
            (Listener.None, Listener.None) => false,
            _ => throw new InputRejectedException(
                ErrorRules.PortTaken, "development storage", $"a storage emulator on ports {blobPort} and {queuePort}, or both ports free",
                $"{Describe(blobs)} on {blobPort} and {Describe(queues)} on {queuePort}",
                "Free the ports, or set AzureWebJobsStorage to another storage account."),
        };
    }

    private static async Task<Listener> ProbeAsync(int port, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = ProbeTimeout };
        try
        {
            using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/"), cancellationToken);
            return response.Headers.Contains("x-ms-request-id") || response.Headers.Server.ToString().Contains("Azurite", StringComparison.Ordinal)
                ? Listener.Emulator
                : Listener.Other;
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return Listener.None;
        }
        catch (HttpRequestException)
        {
            return Listener.Other;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Listener.Other;
        }
    }

    private static string Describe(Listener listener) => listener switch
    {
        Listener.None => "nothing",
        Listener.Emulator => "an emulator",
        _ => "another program",
    };
}
