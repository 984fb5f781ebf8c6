using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ImdbPipeline.Learning.Tests.Downloads;

/// <summary>A hub on loopback that serves a repository's files and injects faults.</summary>
internal sealed class FaultyHub : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly HttpListener listener;
    private readonly Task serving;

    public FaultyHub()
    {
        (listener, Endpoint) = Listen();
        serving = ServeAsync();
    }

    public Uri Endpoint { get; }

    /// <summary>File contents by path within the repository.</summary>
    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>All requests: method, path and first requested byte.</summary>
    public ConcurrentQueue<(string Method, string Path, long From)> Requests { get; } = new();

    /// <summary>Faults for the next downloads of the weights, in order; none when empty.</summary>
    public ConcurrentQueue<Fault> Faults { get; } = new();

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }

    private static (HttpListener, Uri) Listen()
    {
        // HttpListener cannot pick a free port itself, and a free port may be taken before it is used.
        for (var attempt = 0; ; attempt++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            var listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
            try
            {
                listener.Start();
                return (listener, new Uri($"http://127.0.0.1:{port}/"));
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                listener.Close();
            }
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            try
            {
                Answer(context);
            }
            catch (Exception e) when (e is HttpListenerException or IOException or InvalidOperationException)
            {
                context.Response.Abort();
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var response = context.Response;
        var name = context.Request.Url!.Segments[^1];
        var from = long.TryParse(context.Request.Headers["Range"]?["bytes=".Length..].TrimEnd('-'), out var start) ? start : 0;
        Requests.Enqueue((context.Request.HttpMethod, name, from));
        if (!Files.TryGetValue(name, out var content))
        {
            response.StatusCode = 404;
            response.Close();
            return;
        }

        var weights = name == "model.safetensors";
        response.Headers["X-Repo-Commit"] = Commit;
        response.Headers["X-Linked-ETag"] = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"";
        response.Headers["X-Linked-Size"] = $"{content.Length}";
        if (context.Request.HttpMethod == "HEAD")
        {
            response.ContentLength64 = content.Length;
            response.Close();
            return;
        }

        var fault = weights && Faults.TryDequeue(out var next) ? next : Fault.None;
        if (fault == Fault.Unavailable)
        {
            response.StatusCode = 503;
            response.Close();
            return;
        }

        var body = content[(int)from..];
        if (from > 0)
        {
            response.StatusCode = 206;
            response.Headers["Content-Range"] = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }

        response.ContentLength64 = body.Length;
        if (fault == Fault.Damaged)
            body[body.Length / 2] ^= 1;
        var sent = fault == Fault.Drops ? body.Length / 2 : body.Length;
        response.OutputStream.Write(body, 0, sent);
        response.OutputStream.Flush();
        if (fault == Fault.Drops)
            response.Abort();
        else
            response.Close();
    }
}

internal enum Fault
{
    None,
    Unavailable,

    /// <summary>The connection breaks halfway.</summary>
    Drops,

    /// <summary>One bit is flipped.</summary>
    Damaged,
}
