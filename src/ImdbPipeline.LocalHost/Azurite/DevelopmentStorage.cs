using System.Net.Sockets;
using ImdbPipeline.Core;

namespace ImdbPipeline.LocalHost.Azurite;

/// <summary>Tells whether a storage emulator listens where <c>UseDevelopmentStorage=true</c> expects it.</summary>
internal static class DevelopmentStorage
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private enum Listener
    {
        None,
        Emulator,
        Other,
    }

    /// <returns>True where an emulator answers on both ports, false where nothing does.</returns>
    /// <exception cref="InputRejectedException">Something else has one of the ports.</exception>
    public static async Task<bool> AnswersAsync(int blobPort, int queuePort, CancellationToken cancellationToken)
    {
        var blobs = await AskAsync(blobPort, cancellationToken);
        var queues = await AskAsync(queuePort, cancellationToken);
        return (blobs, queues) switch
        {
            (Listener.Emulator, Listener.Emulator) => true,
            (Listener.None, Listener.None) => false,
            _ => throw new InputRejectedException(
                "port-taken", "development storage", $"a storage emulator on ports {blobPort} and {queuePort}, or nothing",
                $"{Describe(blobs)} on {blobPort} and {Describe(queues)} on {queuePort}",
                "Stop what listens there, or set AzureWebJobsStorage to another storage."),
        };
    }

    private static async Task<Listener> AskAsync(int port, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
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
