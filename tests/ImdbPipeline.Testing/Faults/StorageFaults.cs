using System.Net;
using System.Net.Sockets;
using Azure.Core;
using Azure.Core.Pipeline;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Testing.Faults;

/// <summary>Sits between a storage client and a real Azurite, counts attempts while armed, and makes some of them fail.</summary>
public sealed class StorageFaults : HttpPipelinePolicy
{
    // Bound but never listening: connections are refused, and no other process gets the port.
    private static readonly Socket closed = Bind();

    private Func<Request, int, StorageFault>? plan;
    private int calls;

    /// <summary>Attempts since it was armed.</summary>
    public int Calls => Volatile.Read(ref calls);

    /// <param name="faultOf">Gets the request and its number, starting at 1.</param>
    public void Arm(Func<Request, int, StorageFault> faultOf)
    {
        Volatile.Write(ref calls, 0);
        Volatile.Write(ref plan, faultOf);
    }

    public void Disarm() => Volatile.Write(ref plan, null);

    /// <returns>The account, accessed through this policy, with retry delays of a few milliseconds.</returns>
    public StorageOptions Intercept(StorageOptions account, int maxRetries = 8)
    {
        ArgumentNullException.ThrowIfNull(account);
        return account with
        {
            Retries = new StorageRetries { MaxRetries = maxRetries, Delay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(4), AttemptTimeout = TimeSpan.FromSeconds(30) },
            Client = client => client.AddPolicy(this, HttpPipelinePosition.BeforeTransport),
        };
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        ProcessAsync(message, pipeline).AsTask().GetAwaiter().GetResult();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var faultOf = Volatile.Read(ref plan);
        var fault = faultOf is null ? StorageFault.None : faultOf(message.Request, Interlocked.Increment(ref calls));
        switch (fault)
        {
            case StorageFault.ConnectionRefused:
                var port = message.Request.Uri.Port;
                message.Request.Uri.Port = ((IPEndPoint)closed.LocalEndPoint!).Port;
                try
                {
                    await ProcessNextAsync(message, pipeline);
                }
                finally
                {
                    message.Request.Uri.Port = port;
                }
                break;
            case StorageFault.TimedOut:
                await Task.Delay(Timeout.Infinite, message.CancellationToken);
                break;
            case StorageFault.Busy:
                message.Response = new CannedResponse(message.Request, 503, "ServerBusy") { RetryAfterSeconds = 1 };
                break;
            case StorageFault.ConnectionReset:
                throw new SocketException((int)SocketError.NotConnected);
            case StorageFault.FatalBefore:
                throw new StorageFaultException(Describe(message.Request));
            default:
                await ProcessNextAsync(message, pipeline);
                break;
        }
        if (fault == StorageFault.BodyTruncated)
            message.Response.ContentStream = new TruncatedStream(message.Response.ContentStream!, message.Response.Headers.ContentLength!.Value / 2);
        if (fault is StorageFault.ResponseLost or StorageFault.FatalAfter)
        {
            message.Response.Dispose();
            throw fault == StorageFault.ResponseLost ? new IOException("the response was lost") : new StorageFaultException(Describe(message.Request));
        }
    }

    /// <returns>Method, path and query.</returns>
    public static string Describe(Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return $"{request.Method} {request.Uri.ToUri().PathAndQuery}";
    }

    private static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
